import type { BenchOptions, Section } from '../bench.js';
import { SweepFolder } from '../orchestrator/sweep-folder.js';

type Part = { readonly sections: readonly Section[]; readonly figures: unknown };

const EPOCHS = 24;
const EPOCH_S = 5;
const TRAINER = `
trap 'echo warned at epoch $e' USR2
s=$(cat "$HPO_CHECKPOINT_DIR/epoch" 2>/dev/null || echo 0)
echo "begins at epoch $((s + 1))"
for ((e = s + 1; e <= ${EPOCHS}; e++)); do
  for ((k = 0; k < 10 * ${EPOCH_S}; k++)); do sleep 0.1; done
  echo "METRIC epoch=$e loss=0.$e"
  echo $e > "$HPO_CHECKPOINT_DIR/epoch"
done
`;
const SWEEP = `study: limit
objective: {metric: loss, direction: minimize}
trainer: {command: [bash, train.sh]}
checkpoints: remove
sampler: random
parameters: {x: {min: 0, max: 1}}
trials: 1
executor: {kind: slurm, cpus: 1, mem: 50MiB, time: 1m}
`;

/** Runs a trial that is longer than the time limit of its jobs, and shows in how many jobs it was trained. */
export async function benchTimeLimit({ quick, say }: BenchOptions): Promise<Part> {
  if (quick) return { sections: [], figures: null };
  say('a trial that is longer than the time limit of its jobs');
  const folder = new SweepFolder({ 'train.sh': TRAINER, 'cfg/sweep.yaml': SWEEP });
  let said = '';
  const ms = await folder.optimize({
    onOutput: (chunk) => {
      said += chunk;
    },
  });
  folder.remove();
  const jobs = said.match(/trial 0 (?:attempt \d+ )?started/g)?.length ?? 0;
  const steps = [...said.matchAll(/step (\d+): loss/g)].map(([, step]) => Number(step));
  const again = steps.length - new Set(steps).size;
  return {
    sections: [
      {
        title: 'A trial that is longer than the time limit of its jobs',
        text: `One trial of ${EPOCHS} epochs of ${EPOCH_S} s, in jobs of one minute (SLURM looks at limits twice a minute, and ends a job then). Each job resumes from the checkpoint of the one before.`,
        header: ['jobs', 'epochs reported', 'reported twice', 'seconds'],
        rows: [[String(jobs), String(new Set(steps).size), String(again), (ms / 1000).toFixed(0)]],
      },
    ],
    figures: { jobs, epochs: new Set(steps).size, again, seconds: Math.round(ms / 1000) },
  };
}

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchOptions, Section } from '../bench.js';
import { SweepFolder } from '../orchestrator/sweep-folder.js';
import { median } from '../stats.js';

type Part = { readonly sections: readonly Section[]; readonly figures: unknown };

const SECONDS = 1;
const SLOTS = 16;
const LOOK_MS = 50;
const TRAINER = `sleep ${SECONDS}\necho METRIC loss=1\n`;

const sweep = (
  trials: number,
  atOnce: number,
  arrays: boolean,
) => `objective: {metric: loss, direction: minimize}
trainer: {command: [sh, train.sh]}
sampler: random
parameters: {x: {min: 0, max: 1}}
trials: ${trials}
max_concurrent: ${atOnce}
executor: {kind: slurm, cpus: 1, mem: 50MiB, arrays: ${arrays}}
`;

/** Measures a whole sweep of short trials, beside a plain array of the same jobs. */
export async function benchAgainstArray({ quick, say }: BenchOptions): Promise<Part> {
  const [trials, rounds] = quick ? [32, 1] : [200, 2];
  const ways = [
    { what: `hpo, max_concurrent ${trials}`, atOnce: trials, arrays: true },
    { what: 'hpo, max_concurrent 32', atOnce: 32, arrays: true },
  ].map((way) => ({ ...way, ms: [] as number[] }));
  const plain: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    say(`${trials} short trials: round ${round} of ${rounds}, a plain array`);
    plain.push(await plainMs(trials));
    for (const { what, atOnce, arrays, ms } of ways) {
      say(`${trials} short trials: round ${round} of ${rounds}, ${what}`);
      const folder = new SweepFolder({
        'train.sh': TRAINER,
        'cfg/sweep.yaml': sweep(trials, atOnce, arrays),
      });
      ms.push(await folder.optimize());
      folder.remove();
    }
  }
  const seconds = (values: readonly number[]) =>
    [median(values), Math.min(...values), Math.max(...values)].map((ms) => (ms / 1000).toFixed(1));
  const ratio = (ms: readonly number[]) => (median(ms) / median(plain)).toFixed(2);
  return {
    sections: [
      {
        title: `${trials} trials of ${SECONDS} s on ${SLOTS} CPUs`,
        text: `Each trial sleeps ${SECONDS} s and prints one METRIC line. \`sbatch --array\` until the last line is there (\`sbatch --wait\` looks only every ten seconds), beside \`hpo optimize\` with its start-up, database, logs and table included, in turn, ${rounds} rounds. Aim: a ratio of at most 1.2 with \`max_concurrent\` above the CPUs of the cluster.`,
        header: ['', 'median s', 'min s', 'max s', 'ratio'],
        rows: [
          ['sbatch --array', ...seconds(plain), '1.00'],
          ...ways.map(({ what, ms }) => [what, ...seconds(ms), ratio(ms)]),
        ],
      },
    ],
    figures: {
      trials,
      slots: SLOTS,
      plainMs: plain.map(Math.round),
      ways: ways.map(({ what, ms }) => ({ what, ms: ms.map(Math.round), ratio: Number(ratio(ms)) })),
    },
  };
}

async function plainMs(trials: number): Promise<number> {
  const folder = new SweepFolder({ 'train.sh': `#!/bin/sh\n${TRAINER}` });
  const startMs = performance.now();
  const args = [`--array=0-${trials - 1}`, '--mem=50M', '--output=log-%a', 'train.sh'];
  const { status, stderr } = spawnSync('sbatch', args, { cwd: folder.path, encoding: 'utf8' });
  if (status !== 0) throw new Error(`sbatch ended with ${status}: ${stderr}`);
  const left = new Set(Array.from({ length: trials }, (_, task) => join(folder.path, `log-${task}`)));
  for (; left.size > 0; await sleep(LOOK_MS))
    for (const log of left) if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 0) left.delete(log);
  const durationMs = performance.now() - startMs;
  folder.remove();
  return durationMs;
}

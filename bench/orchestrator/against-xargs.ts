import { spawnSync } from 'node:child_process';
import type { BenchOptions, Section } from '../bench.js';
import { median } from '../stats.js';
import { SweepFolder } from './sweep-folder.js';

type Part = { readonly sections: readonly Section[]; readonly figures: unknown };

const TRAINER = 'sleep 0.1\necho METRIC loss=1\n';

const sweep = (runs: number) => `objective: {metric: loss, direction: minimize}
trainer: {command: [sh, train.sh, "\${overrides}"]}
sampler: grid
parameters: {x: {min: 1, max: ${runs}, int: true}}
devices: cpu
max_concurrent: 2
logging: {local: {metrics: [loss]}}
`;

/** Measures a whole sweep of short runs, compared with the simplest tool that runs two at a time. */
export async function benchAgainstXargs({ quick, say }: BenchOptions): Promise<Part> {
  const [runs, rounds] = quick ? [20, 1] : [200, 3];
  const [hpoMs, startUpMs, xargsMs]: [number[], number[], number[]] = [[], [], []];
  // One folder for each round, all removed at the end: on some file systems, creating files right after deleting many
  // takes a millisecond each.
  const folders: SweepFolder[] = [];
  try {
    for (let round = 1; round <= rounds; round++) {
      say(`against xargs: round ${round} of ${rounds}, ${runs} runs on 2 slots`);
      const folder = new SweepFolder({ 'train.sh': TRAINER, 'cfg/sweep.yaml': sweep(runs) });
      folders.push(folder);
      hpoMs.push(await folder.optimize());
      // Once more, with nothing left to run: the time to start, read the study, write the table and exit.
      startUpMs.push(await folder.optimize());
      xargsMs.push(runXargs(folder.path, runs));
    }
  } finally {
    for (const folder of folders) folder.remove();
  }
  const ratio = Number((median(hpoMs) / median(xargsMs)).toFixed(3));
  return {
    sections: [section(runs, rounds, { hpoMs, startUpMs, xargsMs }, ratio)],
    figures: {
      runs,
      slots: 2,
      hpoMs: hpoMs.map(Math.round),
      startUpMs: startUpMs.map(Math.round),
      xargsMs: xargsMs.map(Math.round),
      ratio,
    },
  };
}

function runXargs(cwd: string, runs: number): number {
  const input = Array.from({ length: runs }, (_, k) => `${k + 1}\n`).join('');
  const startedAt = performance.now();
  const { status, stdout, error } = spawnSync('xargs', ['-P2', '-I{}', 'sh', 'train.sh', 'x={}'], {
    cwd,
    input,
  });
  const durationMs = performance.now() - startedAt;
  const lines = stdout?.toString().match(/^METRIC loss=1$/gm)?.length ?? 0;
  if (status !== 0 || lines !== runs)
    throw error ?? new Error(`xargs exited ${status} after ${lines} of ${runs} runs`);
  return durationMs;
}

type Times = Readonly<Record<'hpoMs' | 'startUpMs' | 'xargsMs', readonly number[]>>;

function section(runs: number, rounds: number, { hpoMs, startUpMs, xargsMs }: Times, ratio: number): Section {
  const seconds = (values: readonly number[]) =>
    [median(values), Math.min(...values), Math.max(...values)].map((ms) => (ms / 1000).toFixed(2));
  return {
    title: `${runs} runs of 0.1 s on 2 slots, compared with xargs -P2`,
    text:
      `Each run is a \`sh\` that sleeps 0.1 s and prints one METRIC line. The same commands through \`hpo optimize\` (its ` +
      `start-up, database and table included) and through \`xargs -P2\`, in turn, ${rounds} rounds. The second row is part of ` +
      'the first: the same command on the finished study, which only starts, reads the study and exits. ' +
      'Aim: a ratio of the medians of at most 1.1.',
    header: ['', 'median s', 'min s', 'max s'],
    rows: [
      ['hpo optimize', ...seconds(hpoMs)],
      ['start-up and exit alone', ...seconds(startUpMs)],
      ['xargs -P2', ...seconds(xargsMs)],
      ['ratio hpo / xargs', ratio.toFixed(3), '', ''],
    ],
  };
}

import { execFileSync } from 'node:child_process';
import type { BenchOptions, Section } from '../bench.js';
import { median, quantile } from '../stats.js';
import { SweepFolder } from './sweep-folder.js';

type Part = { readonly sections: readonly Section[]; readonly figures: unknown };

// `date` is a separate program: about 1.5 ms each time. The loop's figure, shown beside, includes the same.
const TRAINER = `started=$(date +%s%N)
echo "METRIC loss=1 started_ns=$started ended_ns=$(date +%s%N)"
`;
const LOOP = 'i=0; while [ $i -lt "$1" ]; do i=$((i + 1)); sh train.sh x=$i; done';

const sweep = (trials: number) => `objective: {metric: loss, direction: minimize}
trainer: {command: [sh, train.sh, "\${overrides}"]}
sampler: grid
parameters: {x: {min: 1, max: ${trials}, int: true}}
devices: cpu
max_concurrent: 1
logging: {local: {metrics: [loss, started_ns, ended_ns]}}
`;

/** Measures the time from one trainer's last action to the next one's first, with one slot. */
export async function benchTurnaround({ quick, say }: BenchOptions): Promise<Part> {
  const trials = quick ? 30 : 200;
  const folder = new SweepFolder({ 'train.sh': TRAINER, 'cfg/sweep.yaml': sweep(trials) });
  try {
    say(`turn-around: ${trials} trials on one slot`);
    await folder.optimize();
    const own = gaps(
      folder.rows().map((row) => ({ start: Number(row.started_ns), end: Number(row.ended_ns) })),
    );
    const loop = gaps(
      parseLoop(execFileSync('sh', ['-c', LOOP, 'loop', String(trials)], { cwd: folder.path })),
    );
    return { sections: [section(trials, own, loop)], figures: { trials, hpo: own, shellLoop: loop } };
  } finally {
    folder.remove();
  }
}

type Stamps = { readonly start: number; readonly end: number };
type Gaps = {
  readonly medianMs: number;
  readonly p90Ms: number;
  readonly minMs: number;
  readonly maxMs: number;
};

function gaps(stamps: readonly Stamps[]): Gaps {
  const ms = stamps.slice(1).map(({ start }, k) => (start - (stamps[k] as Stamps).end) / 1e6);
  const round = (value: number) => Number(value.toFixed(2));
  return {
    medianMs: round(median(ms)),
    p90Ms: round(quantile(ms, 0.9)),
    minMs: round(Math.min(...ms)),
    maxMs: round(Math.max(...ms)),
  };
}

function parseLoop(output: Buffer): Stamps[] {
  return [...output.toString().matchAll(/started_ns=(\d+) ended_ns=(\d+)/g)].map(([, start, end]) => ({
    start: Number(start),
    end: Number(end),
  }));
}

function section(trials: number, own: Gaps, loop: Gaps): Section {
  const row = (name: string, { medianMs, p90Ms, minMs }: Gaps) => [
    name,
    ...[medianMs, p90Ms, minMs].map(String),
  ];
  return {
    title: "From one trainer's exit to the next one's start",
    text:
      `${trials} trials on one slot, in the order of the sweep. A trainer (\`sh\`) reads the time with \`date\` as its first ` +
      'action and again right before it prints its METRIC line and exits; the figure is the start stamp of trial n+1 minus ' +
      'the end stamp of trial n. It includes the end of the old trainer, the supervisor that writes its exit code, ' +
      'reading the log, storing the report and the result, sampling and storing the next configuration, its folder ' +
      'and log, the new supervisor, and the start of the new trainer up to its first stamp. The second row is ' +
      'the same trainer in a bare shell loop: the cost of two processes and their stamps without an orchestrator. ' +
      'Aim: a median of at most 10 ms.',
    header: ['', 'median ms', 'p90 ms', 'min ms'],
    rows: [
      row('hpo optimize', own),
      row('shell loop', loop),
      ['difference', (own.medianMs - loop.medianMs).toFixed(2), '', ''],
    ],
  };
}

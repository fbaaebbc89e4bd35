import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BenchOptions, Report } from '../bench.js';
import { median, quantile } from '../stats.js';

const HERE = fileURLToPath(new URL('../..', import.meta.url));

/** Writes the CPU time of a process to descriptor 3. */
const PROBE = fileURLToPath(new URL('../startup/cpu-probe.cjs', import.meta.url));

/** A measurement of a built checkout; lower is better. */
type Measure = {
  readonly what: string;
  readonly unit: string;
  readonly rounds: number;
  readonly run: (checkout: string) => number;
};

const asksAndTells = (sampler: string, storage: string, trials: number) => (checkout: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-compare-'));
  try {
    const program = `
      const { createStudy, float } = await import(${JSON.stringify(pathToFileURL(join(checkout, 'dist/index.js')).href)});
      const space = Object.fromEntries(Array.from({ length: 10 }, (_, k) => ['x' + k, float(-5, 5)]));
      const open = (name) => createStudy({ name, direction: 'minimize', sampler: '${sampler}', storage: '${storage}', space });
      const run = async (study, count) => {
        for (let k = 0; k < count; k++) {
          const trial = await study.ask();
          await study.tell(trial, Object.values(trial.params).reduce((sum, x) => sum + x * x, 0));
        }
      };
      await run(await open('warm-up'), 50);
      const study = await open('measured');
      const before = process.cpuUsage();
      await run(study, ${trials});
      const { user, system } = process.cpuUsage(before);
      console.log((user + system) / 1000);`;
    const args = ['--input-type=module', '-e', program];
    return Number(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).trim());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const TRAINER = `started=$(date +%s%N)
echo "METRIC loss=1 started_ns=$started ended_ns=$(date +%s%N)"
`;

/** The CPU time of hpo itself in a sweep of one slot, and the median time from a trainer's last act to the next one's first. */
const sweepOf = (trials: number) => (checkout: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-compare-'));
  try {
    mkdirSync(join(folder, 'cfg'));
    writeFileSync(join(folder, 'train.sh'), TRAINER);
    writeFileSync(
      join(folder, 'cfg', 'sweep.yaml'),
      `objective: {metric: loss, direction: minimize}
trainer: {command: [sh, train.sh]}
sampler: grid
parameters: {x: {min: 1, max: ${trials}, int: true}}
devices: cpu
max_concurrent: 1
logging: {local: {metrics: [loss, started_ns, ended_ns]}}
`,
    );
    const cpuMs = cpuOf(checkout, ['optimize'], folder);
    const [header = '', ...rows] = readFileSync(join(folder, 'cfg', 'runs.csv'), 'utf8')
      .trim()
      .split('\r\n');
    const column = (name: string) => header.split(',').indexOf(name);
    const stamps = rows.map((row) => {
      const cells = row.split(',');
      return { start: Number(cells[column('started_ns')]), end: Number(cells[column('ended_ns')]) };
    });
    const gaps = stamps.slice(1).map(({ start }, k) => (start - (stamps[k]?.end ?? 0)) / 1e6);
    return { cpuMs, turnaroundMs: median(gaps) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The CPU time of one command in ms. */
function cpuOf(checkout: string, args: readonly string[], cwd: string = tmpdir()): number {
  const main = join(checkout, 'dist/cli/main.js');
  const { status, output, stderr } = spawnSync(process.execPath, ['--require', PROBE, main, ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`hpo ${args.join(' ')} of ${checkout} failed: ${stderr}`);
  return Number(output[3]) / 1000;
}

/**
 * Compares this checkout with another built one, named by HPO_BENCH_BEFORE. Each round measures both, in turn, so that the
 * ratio holds whatever else the machine does. Null without another checkout.
 */
export async function benchCompare({ quick, say }: BenchOptions): Promise<Report | null> {
  const before = process.env.HPO_BENCH_BEFORE;
  if (before === undefined || !existsSync(join(before, 'dist', 'index.js'))) {
    say('expected a built checkout to compare with in HPO_BENCH_BEFORE, got none');
    return null;
  }
  const rounds = quick ? 3 : 11;
  const scale = quick ? 10 : 1;
  const starts = quick ? 5 : 41;
  const measures: readonly Measure[] = [
    {
      what: 'tpe in memory, 1,000 x 10',
      unit: 'CPU ms',
      rounds,
      run: asksAndTells('tpe', 'memory:', 1000 / scale),
    },
    {
      what: 'random on durable SQLite, 1,000 x 10',
      unit: 'CPU ms',
      rounds,
      run: asksAndTells('random', 'sqlite:bench.db', 1000 / scale),
    },
    {
      what: 'end of a trainer to start of the next',
      unit: 'ms',
      rounds,
      run: (checkout) => sweepOf(100 / scale)(checkout).turnaroundMs,
    },
    {
      what: 'hpo optimize, 100 trials on one slot',
      unit: 'CPU ms',
      rounds,
      run: (checkout) => sweepOf(100 / scale)(checkout).cpuMs,
    },
    { what: 'hpo --help', unit: 'CPU ms', rounds: starts, run: (checkout) => cpuOf(checkout, ['--help']) },
    {
      what: 'hpo --version',
      unit: 'CPU ms',
      rounds: starts,
      run: (checkout) => cpuOf(checkout, ['--version']),
    },
  ];
  const rows = measures.map((measure) => {
    say(measure.what);
    const times = Array.from({ length: measure.rounds }, (_, round) => {
      const first = round % 2 === 0 ? before : HERE;
      const one = measure.run(first);
      const other = measure.run(first === before ? HERE : before);
      return first === before ? { before: one, after: other } : { before: other, after: one };
    });
    const ratios = times.map((time) => time.after / time.before);
    return {
      what: measure.what,
      unit: measure.unit,
      rounds: measure.rounds,
      before: median(times.map((time) => time.before)),
      after: median(times.map((time) => time.after)),
      ratio: median(ratios),
      low: quantile(ratios, 0.1),
      high: quantile(ratios, 0.9),
    };
  });
  return {
    title: 'Before and after',
    intro:
      'The speed of this version beside an earlier one, measured in turn on the same machine. A ratio below 1 means that this version is faster.',
    sections: [
      {
        title: 'Medians',
        text: 'In each round both versions run once, in alternating order. The ratio is the median over the rounds, with the range from the lowest to the highest tenth.',
        header: ['what', 'unit', 'rounds', 'before', 'after', 'ratio', 'range'],
        rows: rows.map(({ what, unit, rounds: count, before: was, after, ratio, low, high }) => [
          what,
          unit,
          String(count),
          was.toFixed(1),
          after.toFixed(1),
          ratio.toFixed(2),
          `${low.toFixed(2)} to ${high.toFixed(2)}`,
        ]),
      },
    ],
    figures: rows,
  };
}

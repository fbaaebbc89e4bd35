import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BenchOptions, Report } from '../bench.js';
import { median, quantile } from '../stats.js';

const HERE = fileURLToPath(new URL('../..', import.meta.url));

/** A measurement of a built checkout; lower is better. */
type Measure = { readonly what: string; readonly unit: string; readonly run: (checkout: string) => number };

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

/** The median time from the last act of a trainer to the first of the next one, with one slot. */
const turnaround = (trials: number) => (checkout: string) => {
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
    execFileSync(process.execPath, [join(checkout, 'dist/cli/main.js'), 'optimize'], {
      cwd: folder,
      stdio: 'ignore',
    });
    const [header = '', ...rows] = readFileSync(join(folder, 'cfg', 'runs.csv'), 'utf8')
      .trim()
      .split('\r\n');
    const column = (name: string) => header.split(',').indexOf(name);
    const stamps = rows.map((row) => {
      const cells = row.split(',');
      return { start: Number(cells[column('started_ns')]), end: Number(cells[column('ended_ns')]) };
    });
    return median(stamps.slice(1).map(({ start }, k) => (start - (stamps[k]?.end ?? 0)) / 1e6));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const help = (checkout: string) => {
  const before = performance.now();
  const { status } = spawnSync(process.execPath, [join(checkout, 'dist/cli/main.js'), '--help']);
  if (status !== 0) throw new Error(`hpo --help of ${checkout} failed`);
  return performance.now() - before;
};

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
  const rounds = quick ? 2 : 9;
  const scale = quick ? 10 : 1;
  const measures: readonly Measure[] = [
    {
      what: 'tpe in memory, 1,000 x 10',
      unit: 'CPU ms',
      run: asksAndTells('tpe', 'memory:', 1000 / scale),
    },
    {
      what: 'random on durable SQLite, 1,000 x 10',
      unit: 'CPU ms',
      run: asksAndTells('random', 'sqlite:bench.db', 1000 / scale),
    },
    { what: 'end of a trainer to start of the next', unit: 'ms', run: turnaround(100 / scale) },
    { what: 'hpo --help', unit: 'ms', run: help },
  ];
  const rows = measures.map((measure) => {
    say(measure.what);
    const times = Array.from({ length: rounds }, (_, round) => {
      const first = round % 2 === 0 ? before : HERE;
      const one = measure.run(first);
      const other = measure.run(first === before ? HERE : before);
      return first === before ? { before: one, after: other } : { before: other, after: one };
    });
    const ratios = times.map((time) => time.after / time.before);
    return {
      what: measure.what,
      unit: measure.unit,
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
        title: `Medians of ${rounds} rounds`,
        text: 'In each round both versions run once, in alternating order. The ratio is the median over the rounds, with the range from the lowest to the highest tenth.',
        header: ['what', 'unit', 'before', 'after', 'ratio', 'range'],
        rows: rows.map(({ what, unit, before: was, after, ratio, low, high }) => [
          what,
          unit,
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

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { float, type Params } from '../../src/core/distribution.js';
import { makeSpace } from '../../src/core/space.js';
import { createStudy } from '../../src/library.js';
import type { BenchOptions, Report } from '../bench.js';
import { startOptuna } from '../search/optuna.js';

type Size = { readonly trials: number; readonly floats: number };
type Row = Size & {
  readonly what: string;
  readonly aimSeconds: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly optunaWallSeconds: number | null;
};

/** Above this size Optuna takes many minutes and is left out. */
const OPTUNA_LIMIT = { trials: 1000, floats: 10 };

/** The time that asking and telling take, apart from the objective. */
export async function benchSpeed({ quick, say }: BenchOptions): Promise<Report> {
  const scale = quick ? 20 : 1;
  const sizes = [
    { trials: 1000 / scale, floats: 10, aimSeconds: 0.35 },
    { trials: 1000 / scale, floats: 40, aimSeconds: 2 },
    { trials: 10_000 / scale, floats: 10, aimSeconds: 15 },
  ];
  const rows: Row[] = [];
  await warmUp('tpe', 'memory:');
  for (const { aimSeconds, ...size } of sizes) {
    say(`tpe in memory, ${size.trials} x ${size.floats}`);
    const times = await askAndTell('tpe', 'memory:', size);
    rows.push({
      what: 'tpe, in memory',
      ...size,
      aimSeconds,
      ...times,
      optunaWallSeconds: await optuna(size),
    });
  }
  const folder = mkdtempSync(join(tmpdir(), 'hpo-bench-'));
  try {
    const size = { trials: 1000 / scale, floats: 10 };
    say('random on durable SQLite');
    await warmUp('random', `sqlite:${join(folder, 'warm-up.db')}`);
    const times = await askAndTell('random', `sqlite:${join(folder, 'speed.db')}`, size);
    rows.push({
      what: 'random, durable SQLite',
      ...size,
      aimSeconds: 0.8,
      ...times,
      optunaWallSeconds: null,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    title: 'Speed: the time through ask and tell',
    intro:
      'One process, one slot, a sum of squares as the objective. CPU time counts every thread of the process.',
    sections: [
      {
        title: 'Ask and tell',
        text: 'Optuna: python3-optuna with multivariate TPE and constant liar in memory, in the same run, where it is installed and 1,000 x 10 is not exceeded; wall time, since it is a process of its own.',
        header: ['what', 'trials x floats', 'CPU s', 'wall s', 'aim s', 'Optuna s', 'ratio'],
        rows: rows.map((row) => [
          row.what,
          `${row.trials} x ${row.floats}`,
          row.cpuSeconds.toFixed(2),
          row.wallSeconds.toFixed(2),
          String(row.aimSeconds),
          row.optunaWallSeconds?.toFixed(1) ?? '-',
          row.optunaWallSeconds ? `${(row.optunaWallSeconds / row.wallSeconds).toFixed(0)}x` : '-',
        ]),
      },
    ],
    figures: { rows },
  };
}

function floats(count: number) {
  return Object.fromEntries(Array.from({ length: count }, (_, k) => [`x${k}`, float(-5, 5)]));
}

function squares(params: Params): number {
  return Object.values(params).reduce((sum: number, x) => sum + (x as number) * (x as number), 0);
}

async function askAndTell(sampler: string, storage: string, { trials, floats: count }: Size) {
  const study = await createStudy({
    name: 'speed',
    storage,
    direction: 'minimize',
    space: floats(count),
    sampler,
    seed: 1,
  });
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  for (let k = 0; k < trials; k++) {
    const trial = await study.ask();
    await study.tell(trial, squares(trial.params));
  }
  const { user, system } = process.cpuUsage(cpu);
  const wallSeconds = (performance.now() - wall) / 1000;
  await study.close();
  return { cpuSeconds: (user + system) / 1e6, wallSeconds };
}

/** Once unmeasured for each storage, so that no row is the one that compiles. */
async function warmUp(sampler: string, storage: string): Promise<void> {
  await askAndTell(sampler, storage, { trials: 200, floats: 10 });
}

async function optuna(size: Size): Promise<number | null> {
  if (size.trials > OPTUNA_LIMIT.trials || size.floats > OPTUNA_LIMIT.floats) return null;
  const other = await startOptuna();
  if (!other) return null;
  const specs = Object.entries(floats(size.floats)).map(([name, distribution]) => ({ name, distribution }));
  const wall = performance.now();
  await other.study(makeSpace(specs), 1, size.trials, squares);
  other.close();
  return (performance.now() - wall) / 1000;
}

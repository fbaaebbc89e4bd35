import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SamplerName } from '../../src/library/sampler-functions.js';
import type { BenchOptions } from '../bench.js';
import { median } from '../stats.js';
import { askAndTell, type Size } from './ask-and-tell.js';
import { type OptunaTime, timeOptunaRandom, timeOptunaTpe } from './optuna.js';
import type { SpeedPart } from './part.js';
import { besidePostgres } from './postgres.js';
import { timeRawInserts } from './raw-inserts.js';

type Row = Size & {
  readonly what: string;
  readonly aimSeconds: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly optuna: OptunaTime | null;
};

/** Runs of each hpo row; the median is reported. */
const ROUNDS = 3;

/** Measures the time of asking and telling beside Optuna, in memory and in durable storages. */
export async function timePlainAsks({ quick, say }: BenchOptions): Promise<SpeedPart> {
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
    const times = await measure('tpe', () => 'memory:', size);
    say(`Optuna's tpe in memory, ${size.trials} x ${size.floats}`);
    const optuna = await timeOptunaTpe(size);
    rows.push({ what: 'tpe, in memory', ...size, aimSeconds, ...times, optuna });
  }
  const rawInsertsSeconds: number[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'hpo-bench-'));
  try {
    const size = { trials: 1000 / scale, floats: 10 };
    say('random on durable SQLite');
    await warmUp('random', `sqlite:${join(folder, 'warm-up.db')}`);
    const times = await measure('random', (round) => `sqlite:${join(folder, `speed-${round}.db`)}`, size);
    for (let round = 0; round < ROUNDS; round++) {
      const file = join(folder, `raw-${round}.db`);
      rawInsertsSeconds.push(timeRawInserts(file, size.trials, size.floats));
    }
    say("Optuna's random on SQLite");
    const optuna = await timeOptunaRandom(size, `sqlite:///${join(folder, 'optuna.db')}`);
    rows.push({ what: 'random, durable SQLite', ...size, aimSeconds: 0.8, ...times, optuna });
    say('random on durable PostgreSQL, and Optuna on the same server');
    const server = await besidePostgres(size, async (url) => {
      await warmUp('random', url, 'warm-up');
      return measure('random', () => url, size);
    });
    // At most three times what SQLite takes.
    const what = 'random, durable PostgreSQL';
    if (server) rows.push({ what, ...size, aimSeconds: 2.4, ...server.times, optuna: server.optuna });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    section: {
      title: 'Ask and tell',
      text: `Medians of ${ROUNDS} runs. Optuna: ${version(rows)} with multivariate TPE and constant liar in memory, and with its random sampler on SQLite and on the same PostgreSQL server, in the same run, wall time without its start; ~ is estimated from asks after histories of six lengths. The ratio is one of wall times. The bare rows of the last line, inserted by two durable transactions a trial and nothing else, took ${median(rawInsertsSeconds).toFixed(2)} s.`,
      header: ['what', 'trials x floats', 'CPU s', 'wall s', 'aim s', 'Optuna s', 'ratio'],
      rows: rows.map((row) => [
        row.what,
        `${row.trials} x ${row.floats}`,
        row.cpuSeconds.toFixed(2),
        row.wallSeconds.toFixed(2),
        String(row.aimSeconds),
        row.optuna ? `${row.optuna.estimated ? '~' : ''}${row.optuna.seconds.toFixed(1)}` : '-',
        row.optuna ? `${(row.optuna.seconds / row.wallSeconds).toFixed(0)}x` : '-',
      ]),
    },
    figures: { rows, rawInsertsSeconds },
  };
}

const version = (rows: readonly Row[]) =>
  rows.find(({ optuna }) => optuna)?.optuna?.version ?? 'not installed';

async function measure(sampler: SamplerName, storage: (round: number) => string, size: Size) {
  const times: Awaited<ReturnType<typeof askAndTell>>[] = [];
  for (let round = 0; round < ROUNDS; round++)
    times.push(await askAndTell(sampler, storage(round), size, { name: `speed ${round}` }));
  return {
    cpuSeconds: median(times.map(({ cpuSeconds }) => cpuSeconds)),
    wallSeconds: median(times.map(({ wallSeconds }) => wallSeconds)),
  };
}

/** Runs once without measuring for each storage, so that no row includes compilation. */
async function warmUp(sampler: SamplerName, storage: string, name?: string): Promise<void> {
  await askAndTell(sampler, storage, { trials: 200, floats: 10 }, { name });
}

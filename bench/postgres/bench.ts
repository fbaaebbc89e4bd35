import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresPrograms, removePostgres, startPostgres } from '../../scripts/real/postgres.mjs';
import { findOptunaPython, REAL } from '../../test/support/real-part.js';
import type { BenchOptions, Report, Section } from '../bench.js';
import { median } from '../stats.js';
import { type Job, type Measured, measureWorkers } from './workers.js';

const ORCHESTRATORS = 16;
const AIM_PER_SECOND = 300;
const AIM_RATIO = 3;

/** Measures ask and tell on a PostgreSQL server: of one process, of 16, and after 10,000 trials. */
export async function benchPostgres({ quick, say }: BenchOptions): Promise<Report | null> {
  if (postgresPrograms() === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'hpo-bench-'));
  // Not below a folder that only this user may enter: the server runs as another user than root.
  const server = await startPostgres(join(tmpdir(), `hpo-bench-pg-${process.pid}`), { durable: true });
  const scale = quick ? 20 : 1;
  const optuna = existsSync(REAL.newestOptuna) ? REAL.newestOptuna : findOptunaPython();
  try {
    const run = (what: string, job: Omit<Job, 'storage'> & { readonly storage?: string }) => {
      say(what);
      return measureWorkers({ storage: server.url, ...job });
    };
    const one = { workers: 1, trials: 500 / (quick ? 5 : 1) };
    const file = `sqlite:${join(folder, 'one.db')}`;
    const many = { workers: ORCHESTRATORS, trials: Math.ceil(2000 / scale / ORCHESTRATORS) };
    const sqlite = await run('one process, SQLite', { ...one, study: 'one', storage: file, optuna: null });
    const alone = await run('one process, PostgreSQL', { ...one, study: 'one', optuna: null });
    const sixteen = await run('16 orchestrators', { ...many, study: 'many', optuna: null });
    const theirs = optuna !== null && {
      alone: await run("one process, Optuna's", {
        workers: 1,
        trials: 100 / (quick ? 5 : 1),
        study: 'their one',
        optuna,
      }),
      sixteen: await run('16 workers of Optuna', {
        ...many,
        trials: Math.ceil(many.trials / 4),
        study: 'their many',
        optuna,
      }),
    };
    const long = await run('a longer study', {
      workers: 1,
      trials: 10_000 / scale,
      study: 'long',
      sampler: 'random',
      optuna: null,
    });
    return report({ sqlite, alone, sixteen, theirs: theirs || null, long });
  } finally {
    await removePostgres(server.folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

const ALONE =
  ' All processes and the server ran at real-time priority, so that other work on the machine did not disturb them.';

/** Whether this process, and so those that it starts, come before all others. */
function isRealTime(): boolean {
  const [, fields = ''] = readFileSync('/proc/self/stat', 'latin1').split(') ');
  return ['1', '2'].includes(fields.split(' ')[38] ?? '');
}

type Found = {
  readonly sqlite: Measured;
  readonly alone: Measured;
  readonly sixteen: Measured;
  readonly theirs: { readonly alone: Measured; readonly sixteen: Measured } | null;
  readonly long: Measured;
};

function report({ sqlite, alone, sixteen, theirs, long }: Found): Report {
  const all = { sqlite, alone, sixteen, optunaAlone: theirs?.alone, optunaSixteen: theirs?.sixteen, long };
  const figures = Object.fromEntries(
    Object.entries(all).flatMap(([name, each]) => (each ? [[name, figuresOf(each)]] : [])),
  );
  return {
    title: 'PostgreSQL: ask and tell',
    intro:
      'Trials of 10 floats with the random sampler, without an objective, on a durable server of the same machine, reached by its Unix socket. ' +
      `Each process has run 30 trials before. Optuna: ${theirs?.alone.version ?? 'not installed'}, RDBStorage with psycopg2, on the same server in the same run.${isRealTime() ? ALONE : ''}`,
    sections: [
      latencies({ sqlite, alone, theirs }),
      together(sixteen, theirs?.sixteen ?? null),
      longer(long),
    ],
    figures,
  };
}

function latencies({ sqlite, alone, theirs }: Pick<Found, 'sqlite' | 'alone' | 'theirs'>): Section {
  const rows: (readonly [string, Measured])[] = [
    ['hpo, durable SQLite', sqlite],
    ['hpo, PostgreSQL', alone],
    ...(theirs ? [['Optuna, PostgreSQL', theirs.alone] as const] : []),
  ];
  const times = (each: Measured, of: 'asksMs' | 'tellsMs') => median(each[of]) / median(sqlite[of]);
  return {
    title: 'One process',
    text: `Medians. The aim is at most ${AIM_RATIO} times what SQLite takes. Optuna's ask includes its suggestions.`,
    header: ['what', 'ask ms', 'tell ms', 'ask / SQLite', 'tell / SQLite'],
    rows: rows.map(([what, each]) => [
      what,
      median(each.asksMs).toFixed(2),
      median(each.tellsMs).toFixed(2),
      times(each, 'asksMs').toFixed(1),
      times(each, 'tellsMs').toFixed(1),
    ]),
  };
}

function together(ours: Measured, theirs: Measured | null): Section {
  return {
    title: `${ours.workers} orchestrators on one study`,
    text: `Trials a second, from the moment at which all processes are ready to the end of the last one; the aim is ${AIM_PER_SECOND}. All processes and the server share the machine.`,
    header: ['what', 'trials', 'trials/s', 'doubled', 'numbers without a gap', 'ask ms', 'tell ms'],
    rows: [['hpo', ours] as const, ...(theirs ? [['Optuna', theirs] as const] : [])].map(([what, each]) => {
      const { perSecond, doubled, isGapFree, askMs, tellMs } = figuresOf(each);
      return [
        what,
        String(each.numbers.length),
        perSecond.toFixed(0),
        String(doubled),
        isGapFree ? 'yes' : 'no',
        askMs.toFixed(1),
        tellMs.toFixed(1),
      ];
    }),
  };
}

function longer(long: Measured): Section {
  const part = long.asksMs.length / 10;
  const at = (tenth: number) => (of: readonly number[]) =>
    median(of.slice((tenth - 1) * part, tenth * part)).toFixed(2);
  return {
    title: 'A long study',
    text: 'The same process asks and tells on. An ask reads nothing of earlier trials, and a reader only what has changed.',
    header: ['trials', 'ask ms', 'tell ms'],
    rows: [1, 5, 10].map((tenth) => [
      `${(tenth - 1) * part + 1} to ${tenth * part}`,
      at(tenth)(long.asksMs),
      at(tenth)(long.tellsMs),
    ]),
  };
}

function figuresOf({ workers, asksMs, tellsMs, numbers, seconds }: Measured) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return {
    workers,
    trials: numbers.length,
    seconds,
    perSecond: numbers.length / seconds,
    doubled: numbers.length - new Set(numbers).size,
    isGapFree: sorted.every((number, k) => number === k),
    askMs: median(asksMs),
    tellMs: median(tellsMs),
  };
}

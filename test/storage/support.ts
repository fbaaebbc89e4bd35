import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { paramsKey } from '../../src/core/space.js';
import { openStorage } from '../../src/storage/open.js';
import type {
  Ending,
  FilledConfig,
  FirstTrial,
  NewAttempt,
  OpenedTrial,
  Storage,
  StudyRecord,
} from '../../src/storage/storage.js';
import { newPrepared } from '../support/postgres.js';
import { describeWithReal } from '../support/real-part.js';

/** A folder that is removed after the test. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'hpo-storage-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Opens a storage that is closed after the test. */
export async function opened(url: string, driver?: string): Promise<Storage> {
  const before = process.env.HPO_SQLITE_DRIVER;
  if (driver !== undefined) process.env.HPO_SQLITE_DRIVER = driver;
  try {
    const storage = await openStorage(url);
    onTestFinished(() => storage.close());
    return storage;
  } finally {
    if (before === undefined) delete process.env.HPO_SQLITE_DRIVER;
    else process.env.HPO_SQLITE_DRIVER = before;
  }
}

/**
 * Runs the promises of a contract over plain memory, over a file by every driver, and over PostgreSQL. `title` begins with the
 * contract. `slower`: a transaction takes several exchanges with a server, so that properties are tried less often.
 */
export function describeStorages(
  title: string,
  body: (open: () => Promise<Storage>, kind: { readonly slower: boolean }) => void,
): void {
  const file = (driver: string) => () =>
    body(async () => opened(`sqlite:${join(await folder(), 'study.db')}`, driver), { slower: false });
  describe(`${title} in memory`, () => body(() => opened('memory:'), { slower: false }));
  describe(`${title} over better-sqlite3`, file('better-sqlite3'));
  describeWithReal('node:sqlite', `${title} over node:sqlite`, file('node-sqlite'));
  describeWithReal('postgres', `${title} over PostgreSQL`, () => body(openedPostgres, { slower: true }));
}

/** Opens a new database of the server of this test run, which is dropped after the test. */
export async function openedPostgres(): Promise<Storage> {
  return opened(await newPrepared(async (url) => (await openStorage(url)).close()));
}

export const T0 = Date.UTC(2024, 1, 29, 23, 59, 59, 123);

const space = {
  lr: float(1e-5, 1, { log: true }),
  layers: int(1, 8),
  opt: categorical(['sgd', 'adam', null]),
};

/** A configuration of the test space. */
export function filled(params: Params, forced: Params = {}): FilledConfig {
  const distributions = Object.fromEntries(
    Object.keys(params).map((name) => [name, space[name as keyof typeof space]]),
  );
  return { params, forced, key: paramsKey({ ...params, ...forced }), distributions, attrs: { from: 'test' } };
}

export function newAttempt(owner = 'me', startedAtMs = T0): NewAttempt {
  const handle = (trial: number, attempt: number) => `out/trial-${trial}/${attempt}`;
  return { token: `token-${owner}`, owner, device: 'cpu', handle, startedAtMs };
}

export function newTrial(repeat = 0, attempt: NewAttempt | null = newAttempt()): FirstTrial {
  return { repeat, seed: 1000 + repeat, startedAtMs: T0, attempt, asker: null, limit: null };
}

export function ending(more: Partial<Ending> = {}): Ending {
  return { state: 'complete', values: [0.5], exitCode: 0, reason: null, finishedAtMs: T0 + 1500, ...more };
}

export async function newStudy(storage: Storage, name = 'study'): Promise<StudyRecord> {
  const spec = { objectives: [{ metric: 'loss' }], note: 'as given' };
  return storage.createStudy({ name, directions: ['minimize'], seed: 42, spec, createdAtMs: T0 });
}

/** Asks for a configuration and opens its first trial. */
export async function ask(
  storage: Storage,
  studyId: number,
  params: Params,
  trial: FirstTrial = newTrial(),
  forced: Params = {},
): Promise<OpenedTrial> {
  const { reservation } = await storage.reserveIndex(studyId, 'me');
  const result = await storage.commitConfiguration({ reservation }, filled(params, forced), trial);
  if (!result) throw new Error(`configuration ${JSON.stringify(params)} is held already`);
  return result;
}

/** The attempt's id of a trial that was opened with one. */
export function attemptOf(result: OpenedTrial | null): number {
  if (!result?.attempt) throw new Error('the trial was opened without an attempt');
  return result.attempt.id;
}

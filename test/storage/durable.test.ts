import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { attemptIn } from './lookups.js';
import { ask, attemptOf, ending, folder, newStudy, opened } from './support.js';

/** What PRAGMA synchronous answers for FULL: each commit is synced, so that it survives a loss of power. */
const FULL = 2;

test('a commit is synced to the disk before it counts: the connection that writes is FULL, in WAL', async () => {
  const connections = new Set<Database.Database>();
  const { prepare } = Database.prototype;
  onTestFinished(() => {
    Database.prototype.prepare = prepare;
  });
  // Only looked at: each statement goes on to the real connection.
  Database.prototype.prepare = function noted(this: Database.Database, sql: string) {
    connections.add(this);
    return prepare.call(this, sql);
  } as typeof prepare;
  await opened(`sqlite:${join(await folder(), 'study.db')}`, 'better-sqlite3');
  Database.prototype.prepare = prepare;
  expect(connections.size).toBe(1);
  for (const connection of connections) {
    expect(connection.pragma('synchronous', { simple: true })).toBe(FULL);
    expect(connection.pragma('journal_mode', { simple: true })).toBe('wal');
  }
});

test('what an operation answered is committed: a kill right after it, or another connection, finds it', async () => {
  const url = `sqlite:${join(await folder(), 'study.db')}`;
  const [ours, other] = [await opened(url), await opened(url)];
  const study = await newStudy(ours);
  expect(await other.findStudy('study')).toEqual(study);
  const asked = await ask(ours, study.id, { lr: 0.1 });
  // The attempt is there before anything could have been started for it.
  expect(await attemptIn(other, attemptOf(asked))).toEqual(asked.attempt);
  await ours.finish(asked.trial.id, attemptOf(asked), ending());
  expect(await readTrialRow(other, study.id, 0)).toMatchObject({ state: 'complete', values: [0.5] });
});

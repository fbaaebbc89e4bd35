import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sqlite } from '../../src/storage/dialects/sqlite.js';
import { bindOperations } from '../../src/storage/operations/bind.js';
import { lockStudy, lockTrial } from '../../src/storage/operations/locks.js';
import type { Operation } from '../../src/storage/statement.js';
import { ending, filled, newAttempt, newTrial } from './support.js';

const OPERATIONS = join(import.meta.dirname, '../../src/storage/operations');

/** Words that SQLite alone knows, or reads otherwise than PostgreSQL. */
const OF_SQLITE =
  /\b(?:PRAGMA|GLOB|IFNULL|AUTOINCREMENT|REPLACE INTO|INSERT OR|sqlite_\w+|rowid|julianday|strftime|randomblob|hex|typeof|group_concat|total|json_\w+)\b|SUM\([^()]*=[^()]*\)/i;

test.each(readdirSync(OPERATIONS))('%s keeps to the SQL that SQLite and PostgreSQL share', (name) => {
  const statements = readFileSync(join(OPERATIONS, name), 'utf8').match(/'[^'\n]*'|`[^`]*`/g) ?? [];
  const found = statements.filter(
    (text) => /\b(?:SELECT|INSERT|UPDATE|DELETE)\b/.test(text) && OF_SQLITE.test(text),
  );
  expect(found).toEqual([]);
});

/** The first statement of each write that reads before it writes. */
function firstStatements(): Map<string, string> {
  const first = new Map<string, string>();
  const names: string[] = [];
  const note = async <T>(start: () => Operation<T>): Promise<T> => {
    const step = start().next();
    first.set(names.at(-1) ?? '', step.done ? '' : step.value.sql);
    return undefined as T;
  };
  const storage = bindOperations(note, note);
  const calls: Readonly<Record<string, () => unknown>> = {
    reserveIndex: () => storage.reserveIndex(1, 'me'),
    commitReserved: () => storage.commitConfiguration({ reservation: 1 }, filled({}), newTrial()),
    commitPredicted: () =>
      storage.commitConfiguration(
        { studyId: 1, predicted: { index: 0, trialNumber: 0 } },
        filled({}),
        newTrial(),
      ),
    commitBatch: () => storage.commitBatch([{ reservation: 1, filled: filled({}), trial: newTrial() }]),
    addRepeat: () => storage.addRepeat(1, newTrial()),
    enqueue: () => storage.enqueue(1, []),
    claimEnqueued: () => storage.claimEnqueued(1, filled({}), newTrial()),
    importFinished: () => storage.importFinished(1, []),
    updateStudy: () => storage.updateStudy(1, {}),
    restart: () => storage.restart(1, { fromAsker: null, attempt: newAttempt() }),
    report: () => storage.report(1, null, []),
    finish: () => storage.finish(1, null, ending()),
  };
  for (const [name, call] of Object.entries(calls)) {
    names.push(name);
    call();
  }
  return first;
}

test('a write that reads first locks what it reads, so that it still holds at the commit', () => {
  const unlocked = [...firstStatements()].filter(([, text]) => !text.endsWith(' FOR UPDATE'));
  expect(unlocked).toEqual([]);
});

test('SQLite needs no lock of a row: a write is the only one', () => {
  expect(sqlite.begin.write).toBe('BEGIN IMMEDIATE');
  for (const { sql } of [lockStudy('trial', 1), lockTrial(1)]) expect(sqlite.render(sql)).toBeNull();
  expect(sqlite.render('SELECT 1')).toBe('SELECT 1');
});

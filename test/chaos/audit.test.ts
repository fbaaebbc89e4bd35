import { appendFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { auditAfterKill, auditSweep, type Faults, NO_FAULTS } from './audit.js';
import type { ChaosFolder } from './folder.js';
import { makeChaosSweep } from './sweep.js';

vi.setConfig({ testTimeout: 60_000 });

const TRIALS = 5;
const FILES = ['storage/hpo.db', 'cfg/runs.csv', 'records'];
let folder: ChaosFolder;
let whole: Map<string, Buffer>;

beforeAll(async () => {
  folder = makeChaosSweep({ trials: TRIALS, slots: 2, pauseS: 0.01, sampler: 'grid' });
  await folder.hpo('optimize');
  whole = new Map(FILES.map((name) => [name, folder.bytes(name)]));
});
beforeEach(() => {
  for (const [name, bytes] of whole) writeFileSync(folder.file(name), bytes);
});
afterAll(() => folder.remove());

/** The database itself refuses to change a finished trial. */
const UNGUARDED = 'DROP TRIGGER hpo_trial_once;';

function sql(text: string): void {
  const database = new Database(folder.file('storage/hpo.db'));
  database.exec(text);
  database.close();
}

test('a sweep that nobody disturbed has no fault', async () => {
  expect(await auditSweep(folder, TRIALS)).toEqual(NO_FAULTS);
});

test.each<[string, keyof Faults, RegExp, () => void]>([
  [
    'a report that is gone',
    'lost',
    /twice@1=2, .* is not in the database/,
    () => sql('DELETE FROM hpo_metrics WHERE value = 2'),
  ],
  [
    'a trial left running',
    'lost',
    /is left RUNNING/,
    () => sql(`${UNGUARDED} UPDATE trials SET state = 'RUNNING' WHERE number = 0`),
  ],
  [
    'a reported end that is gone',
    'lost',
    /was reported as COMPLETE/,
    () => sql(`${UNGUARDED} UPDATE trials SET state = 'FAIL' WHERE number = 0`),
  ],
  [
    'a trial that is gone',
    'lost',
    /x=1 was never tried/,
    () =>
      sql(
        'PRAGMA foreign_keys = OFF; DELETE FROM trials WHERE trial_id = (SELECT trial_id FROM trials WHERE number = 0)',
      ),
  ],
  [
    'a second start',
    'doubled',
    /trial 0 .* was started 2 times/,
    () =>
      appendFileSync(
        folder.file('records'),
        `${folder
          .read('records')
          .split('\n')
          .find((line) => line.startsWith('0 '))}\n`,
      ),
  ],
  [
    'a configuration tried twice',
    'doubled',
    /x=1 was tried by trials 0 and 1/,
    () => sql('UPDATE hpo_configurations SET params_json = \'{"x": 1}\' WHERE number = 1'),
  ],
  [
    'a report that nobody printed',
    'mismatches',
    /was never printed/,
    () => sql('UPDATE hpo_metrics SET value = 77 WHERE value = 2'),
  ],
  [
    'another exit code',
    'mismatches',
    /exit code is 9/,
    () => sql('UPDATE hpo_trials SET exit_code = 9 WHERE number = 0'),
  ],
  [
    'another row in runs.csv',
    'mismatches',
    /runs.csv lacks/,
    () => edit('cfg/runs.csv', (text) => text.replace('COMPLETE', 'FAIL')),
  ],
  [
    'a row that is missing',
    'mismatches',
    /runs.csv has 4 rows/,
    () => edit('cfg/runs.csv', (text) => text.replace(/\r\ntorture,0.*/, '')),
  ],
])('%s is seen', async (_, kind, text, harm) => {
  harm();
  const faults = await auditSweep(folder, TRIALS);
  expect(faults[kind].join('\n')).toMatch(text);
});

test('a torn table and a damaged database are seen after a kill', () => {
  expect(auditAfterKill(folder)).toEqual(NO_FAULTS);
  edit('cfg/runs.csv', (text) => text.slice(0, -20));
  sql('PRAGMA foreign_keys = OFF; UPDATE hpo_trials SET configuration_id = 999 WHERE number = 0');
  expect(auditAfterKill(folder).mismatches.join('\n')).toMatch(
    /integrity: a key of hpo_trials\nruns.csv ends within a row/,
  );
});

function edit(name: string, change: (text: string) => string): void {
  writeFileSync(folder.file(name), change(folder.read(name)));
}

import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { categorical, float, int } from '../../../src/core/distribution.js';
import { makeSpace } from '../../../src/core/space.js';
import { plainSpec } from '../../../src/core/spec.js';
import { writeCsv } from '../../../src/loggers/csv/file.js';
import { GrowingCsv } from '../../../src/loggers/csv/growing.js';
import { type CsvSource, makeCsvSource } from '../../../src/loggers/csv/source.js';
import type { Storage } from '../../../src/storage/storage.js';
import { command } from '../../storage/command.js';
import { everyState } from '../../storage/every-state.js';
import { ask, attemptOf, ending, newStudy, opened } from '../../storage/support.js';
import { World } from '../../storage/world.js';
import { temporaryFolder } from '../support.js';

const spec = plainSpec(
  [{ metric: 'loss', direction: 'minimize', reduce: 'last' }],
  makeSpace([
    { name: 'lr', distribution: float(1e-5, 1, { log: true }) },
    { name: 'layers', distribution: int(1, 8) },
    { name: 'opt', distribution: categorical(['sgd', 'adam', null]) },
  ]),
);

/** A source that counts the rows it reads. */
function sourceOf(storage: Storage, studyId: number) {
  const read = { rows: 0 };
  const reader = {
    changedTrials: storage.changedTrials,
    columns: storage.columns,
    metrics: storage.metrics,
    rows: async (...args: Parameters<Storage['rows']>) => {
      const found = await storage.rows(...args);
      read.rows += found.length;
      return found;
    },
  };
  const study = { id: studyId, name: 'study' };
  return { source: makeCsvSource({ study, spec, reader, escapeFormulas: false, warn: () => {} }), read };
}

/** The bytes of `hpo export-csv`. */
async function exported(source: CsvSource): Promise<string> {
  const file = join(temporaryFolder(), 'export.csv');
  await writeCsv(file, source);
  return readFileSync(file, 'utf8');
}

test('the table has the bytes of an export, whatever happens to the trials and whenever it is written', async () => {
  const runs = fc.array(fc.tuple(command, fc.boolean()), { minLength: 20, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(runs, async (steps) => {
      const storage = await opened('memory:');
      const world = new World(storage, (await newStudy(storage)).id);
      const { source } = sourceOf(storage, world.studyId);
      const file = join(temporaryFolder(), 'runs.csv');
      const table = new GrowingCsv(file, source);
      for (const [each, writes] of [...steps, [{ do: 'control', paused: true, off: 0 }, true] as const]) {
        await world.apply(each);
        if (!writes) continue;
        await table.write();
        expect(readFileSync(file, 'utf8')).toBe(await exported(source));
      }
    }),
    { numRuns: 20, examples: [[everyState.map((each): [typeof each, boolean] => [each, true])]] },
  );
});

async function manyTrials(storage: Storage, studyId: number, count: number): Promise<void> {
  for (let k = 0; k < count; k++) {
    const trial = await ask(storage, studyId, { lr: (k + 1) / 1000 });
    await storage.finish(trial.trial.id, attemptOf(trial), ending({ values: [k] }));
  }
}

test('new trials are added without reading or writing the others again', async () => {
  const storage = await opened('memory:');
  const { id } = await newStudy(storage);
  const { source, read } = sourceOf(storage, id);
  const file = join(temporaryFolder(), 'runs.csv');
  const table = new GrowingCsv(file, source);
  await manyTrials(storage, id, 50);
  await table.write();
  const { ino } = statSync(file);
  const running = await ask(storage, id, { lr: 0.5 });
  await table.write();
  read.rows = 0;
  await storage.finish(running.trial.id, attemptOf(running), ending({ values: [7] }));
  await table.write();
  expect(read.rows).toBeLessThan(5);
  expect(statSync(file).ino).toBe(ino);
  expect(readFileSync(file, 'utf8')).toBe(await exported(source));
});

test.each([
  ['was edited', (file: string) => appendFileSync(file, 'a comment\n')],
  ['was cut off', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 300))],
  ['was removed', (file: string) => rmSync(file)],
])('a table that %s is made again', async (_, spoil) => {
  const storage = await opened('memory:');
  const { id } = await newStudy(storage);
  const { source } = sourceOf(storage, id);
  const file = join(temporaryFolder(), 'runs.csv');
  const table = new GrowingCsv(file, source);
  await manyTrials(storage, id, 5);
  await table.write();
  spoil(file);
  await storage.annotate(id, 4, { note: 'seen', addTags: [], removeTags: [], hidden: null });
  await table.write();
  expect(readFileSync(file, 'utf8')).toBe(await exported(source));
});

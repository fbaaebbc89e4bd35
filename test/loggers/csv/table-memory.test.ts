import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { categorical, float, int } from '../../../src/core/distribution.js';
import { makeSpace } from '../../../src/core/space.js';
import { plainSpec } from '../../../src/core/spec.js';
import { writeCsv } from '../../../src/loggers/csv/file.js';
import { GrowingCsv } from '../../../src/loggers/csv/growing.js';
import { makeCsvSource } from '../../../src/loggers/csv/source.js';
import { TableMemory } from '../../../src/loggers/csv/table-memory.js';
import { openStorage } from '../../../src/storage/open.js';
import type { Storage } from '../../../src/storage/storage.js';
import { type Command, command } from '../../storage/command.js';
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

type Place = { readonly folder: string; readonly name?: string; readonly escapeFormulas?: boolean };

/** The table of a process of its own, which remembers tables however small, and the rows that it reads. */
function tableIn(storage: Storage, id: number, { folder, name = 'study', escapeFormulas = false }: Place) {
  const file = join(folder, 'runs.csv');
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
  const source = makeCsvSource({ study: { id, name }, spec, reader, escapeFormulas, warn: () => {} });
  const memory = new TableMemory(file, { XDG_CACHE_HOME: join(folder, 'cache') }, 1);
  const table = new GrowingCsv(file, source, memory);
  const expectExported = async () => {
    const export_ = join(folder, 'export.csv');
    await writeCsv(export_, source);
    expect(readFileSync(file, 'utf8')).toBe(readFileSync(export_, 'utf8'));
  };
  return { table, file, read, expectExported };
}

/** What happens to the file, or to the database, between two processes. */
const between: Readonly<Record<string, (file: string) => void>> = {
  nothing: () => {},
  'a comment at its end': (file) => appendFileSync(file, 'a comment\n'),
  'another byte in it': (file) => {
    const bytes = readFileSync(file);
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  },
  'half of it gone': (file) => writeFileSync(file, readFileSync(file).subarray(0, 300)),
  'no file': (file) => rmSync(file),
};

/** The trial that changed last changes further, without another stamp, before a backup is restored. */
const LAST_CHANGED_AND_RESTORED: Command[] = [
  { do: 'fill-next', key: 0, off: 0, late: 0 },
  { do: 'process', between: 'backup', remembers: false },
  { do: 'requeue', attempt: 0, keep: false, forget: false, pausedAt: -1 },
  { do: 'process', between: 'revert', remembers: true },
];

test('processes that add to a table one after the other leave the bytes of an export, whatever happens between them', async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: command },
    { weight: 1, arbitrary: fc.constant<Command>({ do: 'write' }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('process'),
        between: fc.constantFrom('revert', 'backup', ...Object.keys(between)),
        remembers: fc.boolean(),
      }) as fc.Arbitrary<Command>,
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
      const folder = temporaryFolder();
      const [path, backup] = [join(folder, 'study.db'), join(folder, 'backup.db')];
      let storage = await openStorage(`sqlite:${path}`);
      const { id } = await newStudy(storage);
      let world = new World(storage, id);
      let here = tableIn(storage, id, { folder });
      const reopen = async (copy: () => void) => {
        await storage.close();
        copy();
        storage = await openStorage(`sqlite:${path}`);
        const { storage: _, ...kept } = world;
        world = Object.assign(new World(storage, id), kept);
      };
      for (const each of [...steps, { do: 'process', between: 'nothing', remembers: true }]) {
        if (each.do === 'process') {
          await here.table.write();
          if (each.remembers) here.table.remember();
          if (each.between === 'backup') await reopen(() => copyFileSync(path, backup));
          else if (each.between !== 'revert') between[String(each.between)]?.(here.file);
          else if (existsSync(backup)) await reopen(() => copyFileSync(backup, path));
          here = tableIn(storage, id, { folder });
        } else if (each.do !== 'write') {
          await world.apply(each as Command);
          continue;
        }
        await here.table.write();
        await here.expectExported();
      }
      await storage.close();
    }),
    { numRuns: 15, examples: [[LAST_CHANGED_AND_RESTORED]] },
  );
});

async function studyOf(trials: number) {
  const storage = await opened('memory:');
  const { id } = await newStudy(storage);
  const add = async (count: number) => {
    for (let k = 0; k < count; k++) {
      const trial = await ask(storage, id, { lr: (1 + Math.random()) / 10 });
      await storage.finish(trial.trial.id, attemptOf(trial), ending({ values: [k] }));
    }
  };
  await add(trials);
  return { storage, id, add };
}

test('a process adds to the table of an earlier one, also where that was killed after it had added rows itself', async () => {
  const { storage, id, add } = await studyOf(2500);
  const folder = temporaryFolder();
  const first = tableIn(storage, id, { folder });
  await first.table.write();
  const { ino } = statSync(first.file);
  await add(3);
  // Its last rows are not remembered.
  await first.table.write();
  await add(2);
  const second = tableIn(storage, id, { folder });
  await second.table.write();
  expect(second.read.rows).toBeLessThan(10);
  expect(statSync(second.file).ino).toBe(ino);
  await second.expectExported();
});

test('a table of another study, of a renamed one, or written in another way is not added to', async () => {
  const { storage, id } = await studyOf(3);
  const folder = temporaryFolder();
  await tableIn(storage, id, { folder }).table.write();
  for (const place of [{ name: '=renamed' }, { name: '=renamed', escapeFormulas: true }]) {
    const { table, expectExported } = tableIn(storage, id, { folder, ...place });
    await table.write();
    await expectExported();
  }
  const other = await studyOf(2);
  const { table, expectExported } = tableIn(other.storage, other.id, { folder, name: 'other' });
  await table.write();
  await expectExported();
});

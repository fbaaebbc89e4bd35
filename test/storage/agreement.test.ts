import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Storage } from '../../src/storage/storage.js';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { describeWithReal } from '../support/real-part.js';
import { command } from './command.js';
import { everyState } from './every-state.js';
import { attemptIn, countOf, waitingIn } from './lookups.js';
import { folder, newStudy, opened, openedPostgres } from './support.js';
import { World } from './world.js';

/** Missing repeats, from everything that is stored. */
async function missingIn(storage: Storage, studyId: number, repeats: number) {
  const { configs, trials } = await storage.changes(studyId, { configId: 0, trialId: 0, unfinished: [] });
  return configs.flatMap(({ id: configId }) => {
    const own = trials.filter((trial) => trial.configId === configId);
    const missing = [...Array(repeats).keys()].filter((k) => own.every(({ repeat }) => repeat !== k));
    const isPruned = own.some(({ state }) => state === 'pruned');
    return missing.length === 0 ? [] : [{ configId, repeats: missing, isPruned }];
  });
}

/** All that a storage tells about a study. */
async function everything(storage: Storage, { studyId, trials, attempts }: World) {
  const count = trials.length;
  return {
    // Uids are random.
    studies: (await storage.listStudies()).map((study) => ({ ...study, uid: study.uid?.length })),
    changes: await storage.changes(studyId, { configId: 0, trialId: 0, unfinished: [] }),
    // The newer half, and of the older half some.
    newer: await storage.changes(studyId, {
      configId: count >> 1,
      trialId: count >> 1,
      unfinished: [3, 1, 2],
    }),
    unfinished: await storage.unfinished(studyId),
    owners: await storage.owners(studyId),
    count: await countOf(storage, studyId, 'trials'),
    foreign: await countOf(storage, studyId, 'external'),
    epochs: await countOf(storage, studyId, 'epochs'),
    repeats: await countOf(storage, studyId, 'repeats'),
    missing: await Promise.all([1, 2, 3].map((repeats) => storage.missingRepeats(studyId, repeats))),
    survey: await storage.parameterSummary(studyId),
    waiting: await waitingIn(storage, studyId),
    rows: await storage.rows(studyId, 1, 5),
    row: await readTrialRow(storage, studyId, 0),
    names: (await storage.columns(studyId)).metrics,
    columns: await storage.columns(studyId),
    control: await storage.readControl(studyId),
    metrics: await Promise.all([...Array(count).keys()].map((number) => storage.metrics(studyId, number))),
    metricsFrom: await storage.metricsFrom(studyId, 1, 4),
    metricsOf: await storage.metricsOf(studyId, [...trials, 999, ...trials.slice(0, 1)]),
    attempts: await Promise.all(attempts.map((id) => attemptIn(storage, id))),
    ofTrials: await Promise.all(trials.map((id) => storage.attempts({ trialId: id }))),
  };
}

async function worldIn(storage: Storage): Promise<World> {
  return new World(storage, (await newStudy(storage)).id);
}

/** A program names a parameter with a value that the list of its choices does not have. */
const unlisted = [
  { do: 'fill-next', key: 0, off: 0, late: 0 },
  { do: 'choices', name: 'rate', choices: '[]' },
  { do: 'suggest', trial: 0, claim: 'own', attempt: 0, name: 'rate', value: 1 },
];

/** Whether plain memory answers and holds what another storage does, whatever is done in whatever order. */
async function agree(open: () => Promise<Storage>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 30, maxLength: 60 }), async (commands) => {
      const memory = await worldIn(await opened('memory:'));
      const other = await worldIn(await open());
      for (const each of commands) {
        expect(await memory.apply(each)).toEqual(await other.apply(each));
        const [here, there] = [
          await everything(memory.storage, memory),
          await everything(other.storage, other),
        ];
        expect(here).toEqual(there);
        expect(here.missing[1]).toEqual(await missingIn(memory.storage, memory.studyId, 2));
        // The order of names is told as well.
        const names = ({ rows }: typeof here) =>
          rows.map((row) => [row.params, row.metrics].map(Object.keys));
        expect(names(here)).toEqual(names(there));
      }
      await memory.storage.close();
      await other.storage.close();
    }),
    { numRuns, examples: [[everyState], [unlisted]] },
  );
}

test('plain memory answers and holds what a file does', async () => {
  await agree(async () => opened(`sqlite:${join(await folder(), 'study.db')}`), 20);
});

describeWithReal('postgres', 'over PostgreSQL', () => {
  test('plain memory answers and holds what a database of a server does', async () => {
    await agree(openedPostgres, 2);
  });
});

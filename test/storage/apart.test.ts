import { expect, test } from 'vitest';
import type { Attrs } from '../../src/core/trial.js';
import type { Storage } from '../../src/storage/storage.js';
import { attemptIn } from './lookups.js';
import { attemptOf, describeStorages, ending, filled, newStudy, newTrial, opened } from './support.js';

/** Changes all that can be changed about a value, however deep. */
function vandalise(value: unknown): void {
  if (value === null || typeof value !== 'object') return;
  if (value instanceof Map) {
    value.set(0, 'spoilt').set(99, 'spoilt');
    return;
  }
  for (const name of Object.keys(value)) {
    vandalise((value as Record<string, unknown>)[name]);
    Reflect.set(value, name, 'spoilt');
  }
  Reflect.set(value, 'more', 'spoilt');
}

function read(storage: Storage, studyId: number): Promise<unknown[]> {
  return Promise.all([
    storage.listStudies(),
    storage.findStudy('study'),
    storage.changes(studyId, { configId: 0, trialId: 0, unfinished: [] }),
    storage.unfinished(studyId),
    storage.rows(studyId, 0, 10),
    storage.metrics(studyId, 0),
    storage.columns(studyId),
    storage.owners(studyId),
    attemptIn(storage, 1),
  ]);
}

describeStorages('what goes in and what comes out', (open) => {
  test('is nothing through which a caller changes what is stored', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const { id } = study;
    const { reservation } = await storage.reserveIndex(id, 'me');
    const attrs = { deep: { list: [1, 2] } } satisfies Attrs;
    const given = structuredClone({ ...filled({ lr: 0.1, opt: 'sgd' }, { layers: 2 }), attrs });
    const first = await storage.commitConfiguration({ reservation }, given, newTrial());
    const values = [0.5];
    await storage.report(1, attemptOf(first), [{ name: 'loss', step: 0, value: 1, objective: true }]);
    const second = await storage.addRepeat(first?.config.id ?? 0, newTrial(1));
    await storage.report(2, attemptOf(second), [{ name: 'loss', step: 0, value: 2, objective: true }]);
    await storage.finish(2, attemptOf(second), ending({ values }));

    const before = await read(storage, id);
    for (const each of [study, given, first, second, values]) vandalise(each);
    expect(await read(storage, id)).toEqual(before);
    vandalise(await read(storage, id));
    expect(await read(storage, id)).toEqual(before);
  });

  test('stays as it was handed out, whatever happens later', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const { reservation } = await storage.reserveIndex(study.id, 'me');
    const first = await storage.commitConfiguration({ reservation }, filled({ lr: 0.1 }), newTrial());
    const handedOut = await read(storage, study.id);
    const copy = structuredClone(handedOut);
    await storage.report(1, attemptOf(first), [{ name: 'loss', step: 0, value: 1, objective: true }]);
    await storage.requestStop(1, true);
    await storage.takeOverAttempt(1, 'me', 'heir');
    await storage.finish(1, 1, ending());
    expect(handedOut).toEqual(copy);
    expect(await read(storage, study.id)).not.toEqual(copy);
  });
});

test('plain memory needs no driver', async () => {
  const storage = await opened('memory:', 'none such');
  expect(await storage.listStudies()).toEqual([]);
});

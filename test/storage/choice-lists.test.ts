import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { categorical, type ParamValue } from '../../src/core/distribution.js';
import { paramsKey } from '../../src/core/space.js';
import { merged, readChoices, withChoices } from '../../src/storage/choice-lists.js';
import type { Storage } from '../../src/storage/storage.js';
import { describeStorages, folder, newStudy, newTrial, opened } from './support.js';

/** Opens a trial of a process that knows this list. */
async function openWith(storage: Storage, studyId: number, list: readonly ParamValue[], opt: ParamValue) {
  const { reservation } = await storage.reserveIndex(studyId, 'me');
  const params = { opt, n: reservation };
  const distributions = { opt: categorical(list), n: categorical([reservation]) };
  const filled = { params, forced: {}, key: paramsKey(params), distributions, attrs: {} };
  const opened = await storage.commitConfiguration({ reservation }, filled, newTrial());
  if (!opened) throw new Error('expected a new configuration');
  return opened.trial.id;
}

const valuesOf = async (storage: Storage, studyId: number) =>
  (await storage.changes(studyId, { configId: 0, trialId: 0, unfinished: [] })).trials.map(
    ({ params }) => params.opt,
  );

const listsOf = async (storage: Storage, studyId: number) => {
  const { parameters } = await storage.parameterSummary(studyId);
  const opt = parameters.find(({ name }) => name === 'opt');
  return opt?.distributions.map((d) => (d.kind === 'categorical' ? d.choices : d));
};

describeStorages('lists of choices that change', (open) => {
  test('give all trials one list, in which each choice keeps its place and each trial its value', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    await openWith(storage, study.id, ['sgd', 'adam'], 'adam');
    await openWith(storage, study.id, ['sgd', 'adam'], 'sgd');
    await storage.updateStudy(study.id, study.spec, { choices: { opt: ['lion', 'adam', null] } });
    await openWith(storage, study.id, ['lion', 'adam', null], null);
    expect(await listsOf(storage, study.id)).toEqual([['sgd', 'adam', 'lion', null]]);
    await storage.updateStudy(study.id, study.spec, { choices: { opt: ['adam'] } });
    await openWith(storage, study.id, ['adam'], 'adam');
    expect(await listsOf(storage, study.id)).toEqual([['sgd', 'adam', 'lion', null]]);
    expect(await valuesOf(storage, study.id)).toEqual(['adam', 'sgd', null, 'adam']);
  });

  test('keep those of a process that knows an older one, of a repeat and of a named parameter', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    await storage.updateStudy(study.id, study.spec, { choices: { opt: ['b', 'c'] } });
    const first = await openWith(storage, study.id, ['a', 'b'], 'a');
    await openWith(storage, study.id, ['b', 'c'], 'c');
    const [config] = (await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] })).configs;
    await storage.addRepeat(config?.id ?? -1, newTrial(1));
    const named = { name: 'late', distribution: categorical(['x', 'y']), value: 'y' };
    await storage.updateStudy(study.id, study.spec, { choices: { late: ['y', 'x'] } });
    const attempt = (await storage.attempts({ trialId: first }))[0];
    expect(await storage.suggest(first, attempt?.id ?? null, named)).toBe(true);
    expect(await listsOf(storage, study.id)).toEqual([['b', 'c', 'a']]);
    expect(await valuesOf(storage, study.id)).toEqual(['a', 'c', 'a']);
    const { parameters } = await storage.parameterSummary(study.id);
    expect(parameters.at(-1)?.distributions).toEqual([
      { kind: 'categorical', choices: ['y', 'x'], ordered: false },
    ]);
  });

  test('of different trials become one, by their values and not by their places', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    // As studies were stored whose parameter had been taken out of the space and put back with another list.
    await openWith(storage, study.id, ['a', 'b'], 'b');
    await openWith(storage, study.id, ['b', 'c', 'a'], 'c');
    await openWith(storage, study.id, ['b', 'c', 'a'], 'a');
    await storage.updateStudy(study.id, study.spec, { choices: { opt: ['d'] } });
    expect(await listsOf(storage, study.id)).toEqual([['a', 'b', 'c', 'd']]);
    expect(await valuesOf(storage, study.id)).toEqual(['b', 'c', 'a']);
  });

  test('leave other studies and other parameters as they are', async () => {
    const storage = await open();
    const [study, other] = [await newStudy(storage), await newStudy(storage, 'other')];
    for (const { id } of [study, other]) await openWith(storage, id, ['a', 'b'], 'b');
    await storage.updateStudy(study.id, study.spec, { choices: { opt: ['c'] } });
    await openWith(storage, other.id, ['a', 'b'], 'a');
    expect(await listsOf(storage, other.id)).toEqual([['a', 'b']]);
  });
});

test('what Optuna reads of each trial stays, whether its index does or not', async () => {
  const path = join(await folder(), 'study.db');
  const storage = await opened(`sqlite:${path}`);
  const study = await newStudy(storage);
  const file = new Database(path, { readonly: true });
  const read = () =>
    file
      .prepare(
        "SELECT param_value AS at, distribution_json AS json FROM trial_params WHERE param_name = 'opt'",
      )
      .all()
      .map((row) => {
        const { at, json } = row as { at: number; json: string };
        return JSON.parse(json).attributes.choices[at];
      });
  await openWith(storage, study.id, ['a', 'b'], 'b');
  await openWith(storage, study.id, ['a', 'b'], 'a');
  // A list in another order, as a study may have been stored.
  await openWith(storage, study.id, ['c', 'b'], 'c');
  expect(read()).toEqual(['b', 'a', 'c']);
  await storage.updateStudy(study.id, study.spec, { choices: { opt: ['d', 'b'] } });
  expect(read()).toEqual(['b', 'a', 'c']);
  await openWith(storage, study.id, ['d', 'b'], 'd');
  await openWith(storage, study.id, ['d', 'b'], 'b');
  await openWith(storage, study.id, ['e', 'a'], 'e');
  expect(read()).toEqual(['b', 'a', 'c', 'd', 'b', 'e']);
  await storage.updateStudy(study.id, study.spec, { choices: { opt: ['f'] } });
  expect(read()).toEqual(['b', 'a', 'c', 'd', 'b', 'e']);
  file.close();
});

test('a change of lists is stored whole or not at all, and goes with its study', async () => {
  const path = join(await folder(), 'study.db');
  const storage = await opened(`sqlite:${path}`);
  const study = await newStudy(storage);
  await openWith(storage, study.id, ['a', 'b'], 'b');
  const file = new Database(path);
  file.exec("CREATE TRIGGER full BEFORE UPDATE ON trial_params BEGIN SELECT RAISE(ABORT, 'no'); END");
  const changed = { note: 'changed' };
  await expect(storage.updateStudy(study.id, changed, { choices: { opt: ['c'] } })).rejects.toThrow('no');
  expect((await storage.findStudy('study'))?.spec).toEqual(study.spec);
  expect(file.prepare('SELECT COUNT(*) FROM hpo_choices').pluck().get()).toBe(0);
  file.exec('DROP TRIGGER full');
  await storage.updateStudy(study.id, changed, { choices: { opt: ['c'] } });
  expect(file.prepare('SELECT COUNT(*) FROM hpo_choices').pluck().get()).toBe(1);
  await storage.deleteStudy(study.id);
  expect(file.prepare('SELECT COUNT(*) FROM hpo_choices').pluck().get()).toBe(0);
  file.close();
});

describe('the JSON of a list', () => {
  const theirs = '{"name": "CategoricalDistribution", "attributes": {"choices": [1.0, [1, 2], "a]"]}}';

  test('is extended as Python wrote it', () => {
    const list = readChoices(theirs);
    const longer = withChoices(list, ['a]', null, 'b"']);
    expect(longer.json).toBe(theirs.replace('"a]"]', '"a]", null, "b\\""]'));
    expect(longer.choices).toEqual([1, '[1, 2]', 'a]', null, 'b"']);
    expect(readChoices(longer.json)?.choices).toEqual(longer.choices);
  });

  test('stays the same where nothing is new, and is none where there are no choices', () => {
    const list = readChoices(theirs);
    expect(list && withChoices(list, ['[1, 2]'])).toBe(list);
    expect(readChoices('{"name": "IntDistribution", "attributes": {"low": 1, "high": 2}}')).toBeNull();
    expect(readChoices('{')).toBeNull();
    expect(merged([])).toBeNull();
  });
});

import { expect, test } from 'vitest';
import { float } from '../../../src/core/distribution.js';
import { samplers } from '../../../src/samplers/registry.js';
import type { Storage } from '../../../src/storage/storage.js';
import { createStudy } from '../../../src/study/open-study.js';
import type { Study } from '../../../src/study/study.js';
import { makeSpec, newAttempt, opened, reopened, T0, tempDir } from '../harness.js';

const blind = samplers.filter((entry) => entry.reads === 'nothing').map((entry) => entry.name);
const params = [{ name: 'x', distribution: float(0, 1), steps: 12 }];

function create(storage: Storage, name: string): Promise<Study> {
  return createStudy(storage, {
    name: 'study',
    spec: makeSpec(params, { sampler: { name, options: {} } }),
    seed: 7,
    nowMs: T0,
  });
}

async function ask(study: Study) {
  const asked = await study.ask(null, T0);
  if ('exhausted' in asked) throw new Error(asked.exhausted);
  return asked;
}

/** The writes that a storage was called for. */
function counted(storage: Storage): { storage: Storage; calls: string[] } {
  const calls: string[] = [];
  const note = (name: 'reserveIndex' | 'commitConfiguration') => ({
    [name]: (...args: never[]) => {
      const [source] = args as unknown[];
      calls.push(source instanceof Object && 'predicted' in source ? 'commitPredicted' : name);
      return (storage[name] as (...args: never[]) => unknown)(...args);
    },
  });
  const wrapped = {
    ...storage,
    ...note('reserveIndex'),
    ...note('commitConfiguration'),
  };
  return { storage: wrapped as Storage, calls };
}

test.each(blind)(
  '%s proposes the same, asked for one place after the other or by a new process each time',
  async (name) => {
    const whole = await create(await opened(), name);
    const expected = [];
    for (let k = 0; k < 6; k++) expected.push((await ask(whole)).config);
    expect(expected.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);

    const url = `sqlite:${tempDir()}/hpo.db`;
    await create(await opened(url), name);
    const got = [];
    for (let k = 0; k < 6; k++) got.push((await ask(await reopened(url))).config);
    expect(got).toEqual(expected);
  },
);

test('after the first ask a process that is alone needs one transaction for each', async () => {
  const { storage, calls } = counted(await opened());
  const study = await create(storage, 'random');
  const first = await ask(study);
  expect(calls.splice(0)).toEqual(['reserveIndex', 'commitConfiguration']);
  await ask(study);
  await study.addRepeat(first.config.id, 1, newAttempt('me'), T0);
  await Promise.all([ask(study), ask(study)]);
  expect(calls).toEqual(['commitPredicted', 'commitPredicted', 'commitPredicted']);
});

test('a sampler that learns is asked under an allotted index, so that its work is never in vain', async () => {
  const { storage, calls } = counted(await opened());
  const study = await create(storage, 'tpe');
  for (let k = 0; k < 3; k++) await ask(study);
  expect(new Set(calls)).toEqual(new Set(['reserveIndex', 'commitConfiguration']));
});

test('processes that ask in turns, or at once, never get the same index or configuration', async () => {
  const url = `sqlite:${tempDir()}/hpo.db`;
  const a = await create(await opened(url), 'grid');
  const b = await reopened(url);
  const asked = [await ask(a), await ask(a), await ask(b), await ask(a)];
  asked.push(...(await Promise.all([ask(a), ask(b), ask(b), ask(a), ask(b)])), await ask(b), await ask(a));
  const distinct = (of: (one: (typeof asked)[number]) => unknown) => new Set(asked.map(of)).size;
  expect(distinct(({ config }) => config.index)).toBe(11);
  expect(distinct(({ config }) => config.key)).toBe(11);
  expect(asked.map(({ trial }) => trial.number).sort((x, y) => x - y)).toEqual([...Array(11).keys()]);
});

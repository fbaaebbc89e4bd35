import { describe, expect, test } from 'vitest';
import {
  categorical,
  createStudy,
  deleteStudy,
  float,
  int,
  loadStudy,
  openStorage,
} from '../../src/index.js';
import { openStorage as openInside } from '../../src/storage/open.js';
import { MOST_POINTS, mostUseful } from '../../src/study/earlier.js';
import { storedSpec } from '../../src/study/stored-spec.js';
import { sqliteUrl } from './support.js';

const space = { x: float(0, 1), y: float(0, 1) };
const loss = ({ x, y }: { x: number; y: number }) => (x - 0.7) ** 2 + (y - 0.2) ** 2;

async function earlier(storage: string, name: string, trials = 20) {
  await using study = await createStudy({ name, storage, direction: 'minimize', space, sampler: 'random' });
  await study.optimize(({ params }) => 10 * loss(params), { trials });
}

type Transfer = { studies: readonly (string | { study: string; storage?: string })[]; weight?: number };
type More = { transfer?: Transfer | undefined; sampler?: 'cmaes'; allowChange?: boolean };

const later = (storage: string, more: More = {}) =>
  createStudy({
    name: 'later',
    storage,
    direction: 'minimize',
    space,
    transfer: { studies: ['a', 'b'] },
    loadIfExists: true,
    ...more,
  });

async function transferIn(storage: string, name = 'later') {
  const opened = await openInside(storage, { create: false, readOnly: true });
  const record = await opened.findStudy(name);
  await opened.close();
  return record && storedSpec(record).transfer;
}

/** The parameters of so many trials, each by a study that is opened again. */
async function proposals(storage: string, count: number, between: (k: number) => Promise<void>) {
  const found = [];
  for (let k = 0; k < count; k++) {
    await using study = await later(storage);
    const trial = await study.ask();
    await study.tell(trial, loss(trial.params as { x: number; y: number }));
    found.push(trial.params);
    await between(k);
  }
  return found;
}

test('a study keeps what earlier ones had found: it proposes the same when these continue or are deleted', async () => {
  const [one, other] = [sqliteUrl(), sqliteUrl()];
  for (const storage of [one, other]) {
    await earlier(storage, 'a');
    await earlier(storage, 'b', 12);
  }
  const undisturbed = await proposals(one, 4, async () => {});
  const disturbed = await proposals(other, 4, async (k) => {
    if (k === 1) {
      await using a = await loadStudy({ name: 'a', storage: other });
      await a.optimize(() => -100, { trials: 5 });
    }
    if (k === 2) await deleteStudy({ name: 'b', storage: other });
  });
  expect(disturbed).toEqual(undisturbed);
  expect(await transferIn(other)).toEqual(await transferIn(one));
});

test('studies of another database are read from there', async () => {
  const old = sqliteUrl();
  await earlier(old, 'a', 9);
  const storage = sqliteUrl();
  await using study = await later(storage, {
    transfer: { studies: [{ study: 'a', storage: old }], weight: 0.5 },
  });
  expect(study.name).toBe('later');
  const kept = await transferIn(storage);
  expect(kept).toMatchObject({ weight: 0.5, sources: [{ study: 'a', storage: old }] });
  expect(kept?.earlier[0]).toMatchObject({ name: 'a', results: 9 });
});

describe('of an earlier study', () => {
  test('only complete trials with a finite value count, and only parameters that the new study has', async () => {
    const storage = sqliteUrl();
    {
      await using study = await createStudy({
        name: 'a',
        storage,
        direction: 'minimize',
        space: { x: float(0, 5), opt: categorical(['adam', 'sgd']) },
        sampler: 'random',
      });
      await study.optimize(
        ({ number }) => {
          if (number === 0) throw new Error('out of memory');
          return number === 1 ? Number.POSITIVE_INFINITY : number;
        },
        { trials: 5, catch: [Error] },
      );
    }
    await using _ = await later(storage, { transfer: { studies: ['a'] } });
    const [kept] = (await transferIn(storage))?.earlier ?? [];
    expect(kept?.points.map(({ value }) => value)).toEqual([2, 3, 4]);
    expect(kept?.points.map(({ params }) => Object.keys(params))).toEqual([['x'], ['x'], ['x']]);
  });

  test('no results at all are fine, and so is a space without a common parameter', async () => {
    const storage = sqliteUrl();
    await using empty = await createStudy({ name: 'a', storage, direction: 'minimize', space });
    await using foreign = await createStudy({
      name: 'b',
      storage,
      direction: 'minimize',
      space: { n: int(1, 9) },
    });
    await foreign.optimize(({ params }) => params.n, { trials: 3 });
    await using study = await later(storage);
    await study.optimize(({ params }) => loss(params), { trials: 3 });
    expect(empty.name).toBe('a');
    expect((await transferIn(storage))?.earlier.map(({ results }) => results)).toEqual([0, 0]);
  });

  test('at most a hundred results are kept: the best, and others from the best to the worst', () => {
    const points = Array.from({ length: 1000 }, (_, k) => ({ params: { x: k }, value: (k * 7) % 1000 }));
    const kept = mostUseful(points, 1);
    const values = kept.map(({ value }) => value).sort((a, b) => a - b);
    expect(values).toHaveLength(MOST_POINTS);
    expect(values.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, k) => k));
    expect(values.at(-1)).toBe(999);
    const order = kept.map(({ params }) => Number(params.x));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(mostUseful(points, -1).map(({ value }) => value)).toContain(950);
  });
});

describe('is refused, and nothing is stored', () => {
  test.each([
    [
      'a study that is not there',
      { studies: ['gone'] },
      'expected an earlier study gone where this study is, which holds a',
    ],
    [
      'another direction',
      { studies: ['up'] },
      'objective objective (minimize), and up has objective (maximize)',
    ],
    ['no list', { studies: 'a' }, 'expected a list of studies in transfer'],
    ['an odd weight', { studies: ['a'], weight: -1 }, 'from 0 to 1 in transfer, got -1'],
    ['a name twice', { studies: ['a', 'a'] }, 'expected each study once'],
  ])('%s', async (_, transfer, message) => {
    const storage = sqliteUrl();
    await earlier(storage, 'a', 3);
    await using up = await createStudy({ name: 'up', storage, direction: 'maximize', space });
    expect(up.name).toBe('up');
    await expect(later(storage, { transfer: transfer as never })).rejects.toThrow(message);
    expect(await transferIn(storage)).toBeNull();
  });

  test('a sampler that cannot learn from them', async () => {
    const storage = sqliteUrl();
    await earlier(storage, 'a', 3);
    await expect(later(storage, { transfer: { studies: ['a'] }, sampler: 'cmaes' })).rejects.toThrow(
      'the sampler cmaes does not learn from earlier studies',
    );
  });

  test('other earlier studies of a study that exists', async () => {
    const storage = sqliteUrl();
    await earlier(storage, 'a', 3);
    await earlier(storage, 'b', 3);
    await (await later(storage)).close();
    for (const transfer of [{ studies: ['a'] }, undefined]) {
      for (const allowChange of [false, true]) {
        // The fix is what helps: allowing the change does not.
        await expect(later(storage, { transfer, allowChange })).rejects.toMatchObject({
          code: 'study.transfer-changed',
          message: expect.stringContaining('transfer.studies'),
          fix: 'restore transfer (a weight of 0 leaves them out), or use a new name',
        });
      }
    }
    await (await later(storage, { transfer: { studies: ['a', 'b'], weight: 0 } })).close();
    expect(await transferIn(storage)).toMatchObject({ weight: 0, earlier: [{ results: 3 }, { results: 3 }] });
  });
});

test('one that is shared in memory has its earlier studies there', async () => {
  await using storage = await openStorage('memory:');
  await using first = await createStudy({ name: 'a', storage, direction: 'minimize', space });
  await first.optimize(({ params }) => loss(params), { trials: 5 });
  await using study = await createStudy({
    name: 'later',
    storage,
    direction: 'minimize',
    space,
    transfer: { studies: ['a'] },
  });
  expect((await study.ask()).params).toEqual((await first.best())?.params);
});

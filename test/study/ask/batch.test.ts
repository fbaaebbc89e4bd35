import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { categorical, float, int, type Params } from '../../../src/core/distribution.js';
import { areNear } from '../../../src/core/nearness.js';
import { makeSpace, type ParamSpec } from '../../../src/core/space.js';
import { samplers } from '../../../src/samplers/registry.js';
import type { Study } from '../../../src/study/study.js';
import { distributions } from '../../core/arbitraries.js';
import { makeSpec, newStudy, opened, T0 } from '../harness.js';

const names = samplers.map((entry) => entry.name);
const endless = samplers.filter((entry) => entry.endless).map((entry) => entry.name);
const chosen = (name: string) => ({ sampler: { name, options: {} } });

const FLOATS: ParamSpec[] = [
  { name: 'lr', distribution: float(1e-5, 1, { log: true }) },
  { name: 'drop', distribution: float(0, 0.5) },
];

/** Asks in batches; the trials of a batch end together. Returns the parameters of each batch. */
async function askBatches(study: Study, sizes: readonly number[], f: (params: Params) => number) {
  const batches: Params[][] = [];
  for (const size of sizes) {
    const { opened } = await study.askBatch(size, () => null, T0);
    batches.push(opened.map(({ config }) => config.params));
    for (const { trial, config } of opened) {
      const ended = { state: 'complete', values: [f(config.params)], exitCode: null } as const;
      await study.tell(trial.id, null, { ...ended, reason: null, finishedAtMs: T0 });
    }
  }
  return batches;
}

/** So steep and so narrow that a search that knows it proposes the same point again and again. */
const steep = ({ lr, drop }: Params) =>
  1e3 * (Math.log10(Number(lr)) + 3) ** 2 + 1e4 * (Number(drop) - 0.1) ** 2;

function nearPairs(space: Study['space'], batch: readonly Params[]): number {
  return batch.flatMap((a, k) => batch.slice(k + 1).filter((b) => areNear(space, a, b))).length;
}

describe.each(endless)('a batch of %s', (name) => {
  test('has no two configurations that are nearly the same, however narrow the search has become', async () => {
    const study = await newStudy(makeSpec(FLOATS, chosen(name)));
    const batches = await askBatches(study, [16, 16, 16, 16], steep);
    expect(batches.map((batch) => batch.length)).toEqual([16, 16, 16, 16]);
    expect(batches.map((batch) => nearPairs(study.space, batch))).toEqual([0, 0, 0, 0]);
  });
});

describe.each(names)('a batch of %s', (name) => {
  test('is as large as the space allows, and each configuration is new', async () => {
    const params: ParamSpec[] = [
      { name: 'opt', distribution: categorical(['a', 'b', 'c']) },
      { name: 'size', distribution: int(1, 4) },
    ];
    const study = await newStudy(
      makeSpec(params, {
        ...chosen(name),
        constraints: [{ kind: 'forbid', forbid: { opt: 'a', size: 4 } }],
      }),
    );
    const batches = await askBatches(study, [8, 8, 8], ({ size }) => Number(size));
    expect(batches.map((batch) => batch.length)).toEqual([8, 3, 0]);
    expect(new Set(batches.flat().map((each) => JSON.stringify(each))).size).toBe(11);
    expect((await study.askBatch(2, () => null, T0)).exhausted?.exhausted).toMatch(/tried/);
    // No index is lost.
    expect((await study.storage.reserveIndex(study.id, 'me')).index).toBe(11);
  });
});

test('a batch is the same when a study is resumed before it', async () => {
  for (const name of ['auto', 'tpe', 'cmaes', 'nsga2']) {
    const inOne = await newStudy(makeSpec(FLOATS, chosen(name)));
    const whole = await askBatches(inOne, [10, 10, 10], steep);
    const study = await newStudy(makeSpec(FLOATS, chosen(name)));
    const begun = await askBatches(study, [10, 10], steep);
    // Another process makes its own sampler.
    const { entry, sampler } = { entry: study.samplerEntry, sampler: (await study.samplerEntry.load())({}) };
    expect(entry.name).toBe(name);
    expect(sampler).not.toBe(study.sampler);
    expect([...begun, ...(await askBatches(study, [10], steep))]).toEqual(whole);
  }
});

test('wide ranges of whole numbers keep apart too; narrow ones only differ', async () => {
  for (const name of endless) {
    const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 100_000) }], chosen(name)));
    const [, second = []] = await askBatches(study, [12, 12], ({ n }) => (Number(n) - 777) ** 2);
    expect(nearPairs(study.space, second)).toBe(0);
  }
});

test('near means: the same parameters, equal choices, and numbers within half a percent of their range', () => {
  const space = makeSpace([
    { name: 'x', distribution: float(0, 10) },
    { name: 'lr', distribution: float(1e-4, 1, { log: true }) },
    { name: 'opt', distribution: categorical(['a', 'b']) },
  ]);
  const base = { x: 5, lr: 1e-2, opt: 'a' };
  expect(areNear(space, base, { x: 5.04, lr: 1.04e-2, opt: 'a' })).toBe(true);
  expect(areNear(space, base, { ...base, x: 5.06 })).toBe(false);
  expect(areNear(space, base, { ...base, lr: 1.06e-2 })).toBe(false);
  expect(areNear(space, base, { ...base, opt: 'b' })).toBe(false);
  expect(areNear(space, base, { x: 5, opt: 'a' })).toBe(false);
});

test('nearness is mutual, and a configuration is near itself', () => {
  fc.assert(
    fc.property(distributions, (distribution) => {
      const space = makeSpace([{ name: 'p', distribution }]);
      const values =
        distribution.kind === 'categorical' ? distribution.choices : [distribution.low, distribution.high];
      for (const a of values)
        for (const b of values) {
          expect(areNear(space, { p: a }, { p: b })).toBe(areNear(space, { p: b }, { p: a }));
          if (a === b) expect(areNear(space, { p: a }, { p: b })).toBe(true);
        }
    }),
  );
});

describe('an index that passes to another process while it is used', () => {
  test.each([false, true])('is replaced by another one; define by run: %j', async (defineByRun) => {
    const storage = await opened();
    const spec = makeSpec(
      defineByRun ? [] : FLOATS,
      defineByRun ? { ...chosen('random'), defineByRun } : chosen('random'),
    );
    const study = await newStudy(spec, storage);
    const { commitBatch, commitConfiguration } = storage;
    let losses = 2;
    const lose = async () => {
      if (losses-- > 0) await storage.releaseIndices(study.id, { owners: [study.owner] });
    };
    storage.commitBatch = (batch) => lose().then(() => commitBatch(batch));
    storage.commitConfiguration = (...args) => lose().then(() => commitConfiguration(...args));
    expect((await study.askBatch(3, () => null, T0)).opened).toHaveLength(3);
    losses = 1;
    const asked = await study.ask(null, T0, null);
    expect(asked).toMatchObject({ config: { index: 3 } });
  });
});

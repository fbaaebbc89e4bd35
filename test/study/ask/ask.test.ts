import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { categorical, float, int } from '../../../src/core/distribution.js';
import { HpoError } from '../../../src/core/errors.js';
import { planGrid } from '../../../src/core/grid-plan.js';
import { type ParamSpec, paramsKey } from '../../../src/core/space.js';
import { samplers } from '../../../src/samplers/registry.js';
import type { OpenedTrial } from '../../../src/storage/storage.js';
import type { Study } from '../../../src/study/study.js';
import { DEAD_OWNER, makeSpec, newAttempt, newStudy, opened, T0 } from '../harness.js';

const names = samplers.map((entry) => entry.name);
const chosen = (name: string) => ({ sampler: { name, options: {} } });

async function ask(study: Study): Promise<OpenedTrial> {
  const asked = await study.ask(null, T0);
  if ('exhausted' in asked) throw new Error(`exhausted: ${asked.exhausted}`);
  return asked;
}

/** Asks until nothing is left; every trial ends at once. */
async function askAll(study: Study, limit: number): Promise<OpenedTrial[]> {
  const all: OpenedTrial[] = [];
  for (;;) {
    const asked = await study.ask(null, T0);
    if ('exhausted' in asked) return all;
    all.push(asked);
    if (all.length > limit) throw new Error(`over ${limit} configurations of a smaller space`);
    const values = [all.length];
    const ending = { state: 'complete', values, exitCode: null, reason: null, finishedAtMs: T0 } as const;
    await study.tell(asked.trial.id, null, ending);
  }
}

describe.each(names)('%s on a finite space', (name) => {
  test('asks for every allowed configuration once, never a forbidden one, and then says exhausted', async () => {
    const params: ParamSpec[] = [
      { name: 'opt', distribution: categorical(['sgd', 'adam', 'none']) },
      { name: 'momentum', distribution: categorical([0.5, 0.9]), when: { opt: 'sgd' } },
      { name: 'size', distribution: int(1, 3) },
      { name: 'decay', distribution: float(0, 0.2, { step: 0.1 }) },
    ];
    const spec = makeSpec(params, {
      ...chosen(name),
      constraints: [
        { kind: 'set', when: { opt: 'none' }, set: { size: 2 } },
        { kind: 'forbid', forbid: { opt: 'sgd', size: 3 } },
      ],
    });
    const study = await newStudy(spec);
    const { points } = planGrid(study.space);
    expect(points).toHaveLength(2 * 2 * 3 + 3 * 3 + 3);
    const asked = await askAll(study, points.length);
    const keys = asked.map(({ config }) => config.key);
    expect(new Set(keys).size).toBe(keys.length);
    expect([...keys].sort()).toEqual(points.map((point) => paramsKey(point.given)).sort());
    // Asked once more it is still exhausted, and no index is lost on the way.
    expect(await study.ask(null, T0)).toHaveProperty('exhausted');
    expect((await study.storage.reserveIndex(study.id, 'me')).index).toBe(points.length);
  });
});

test('any sampler exhausts any small space exactly', async () => {
  const space = fc.record({
    sampler: fc.constantFrom(...names),
    choices: fc.integer({ min: 1, max: 3 }),
    top: fc.integer({ min: 1, max: 3 }),
    forbidden: fc.integer({ min: 0, max: 3 }),
    when: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(space, async ({ sampler, choices, top, forbidden, when }) => {
      const params: ParamSpec[] = [
        { name: 'c', distribution: categorical(Array.from({ length: choices }, (_, k) => `c${k}`)) },
        { name: 'n', distribution: int(1, top), ...(when ? { when: { c: 'c0' } } : {}) },
      ];
      const constraints = [{ kind: 'forbid', forbid: { n: forbidden, c: 'c1' } }] as const;
      const study = await newStudy(makeSpec(params, { ...chosen(sampler), constraints }));
      const expected = planGrid(study.space).points.map((point) => paramsKey(point.given));
      const asked = await askAll(study, expected.length);
      expect(asked.map(({ config }) => config.key).sort()).toEqual(expected.sort());
    }),
    { numRuns: 15 },
  );
});

test('`steps` thins out a range for the grid alone', async () => {
  const params: ParamSpec[] = [{ name: 'n', distribution: int(1, 5), steps: 2 }];
  expect(await askAll(await newStudy(makeSpec(params)), 2)).toHaveLength(2);
  expect(await askAll(await newStudy(makeSpec(params, chosen('random'))), 5)).toHaveLength(5);
});

test('a forbidden region of a continuous space is never proposed', async () => {
  const params = [{ name: 'x', distribution: float(0, 1) }];
  const constraints = [{ kind: 'forbid', forbid: { x: { lt: 0.9 } } }] as const;
  const study = await newStudy(makeSpec(params, { ...chosen('random'), constraints }));
  for (let k = 0; k < 20; k++) expect((await ask(study)).config.params.x).toBeGreaterThanOrEqual(0.9);
});

test('a continuous space in which everything is forbidden is exhausted, not asked for ever', async () => {
  const params = [{ name: 'x', distribution: float(0, 1) }];
  const constraints = [{ kind: 'forbid', forbid: { x: { ge: 0 } } }] as const;
  const study = await newStudy(makeSpec(params, { ...chosen('random'), constraints }));
  expect(await study.ask(null, T0)).toHaveProperty('exhausted');
});

test('a grid of which constraints leave nothing is refused before anything is stored', async () => {
  const storage = await opened();
  const constraints = [{ kind: 'forbid', forbid: { c: ['a', 'b'] } }] as const;
  const spec = makeSpec([{ name: 'c', distribution: categorical(['a', 'b']) }], { constraints });
  const refusal = newStudy(spec, storage);
  await expect(refusal).rejects.toMatchObject({ code: 'study.nothing-to-run', usage: true });
  expect(await storage.listStudies()).toEqual([]);
});

test('an index that a crash left without parameters is used again, with the proposal it would have had', async () => {
  const params = [{ name: 'x', distribution: float(0, 1) }];
  const spec = makeSpec(params, chosen('random'));
  const whole = await newStudy(spec);
  const expected = [await ask(whole), await ask(whole), await ask(whole)].map(({ config }) => config);

  const study = await newStudy(spec);
  const first = await ask(study);
  const { index } = await study.storage.reserveIndex(study.id, DEAD_OWNER);
  expect(index).toBe(1);
  await study.storage.releaseIndices(study.id, { owners: [DEAD_OWNER] });
  const rest = [first, await ask(study), await ask(study)].map(({ config }) => config);
  expect(rest.map((config) => [config.index, config.params])).toEqual(
    expected.map((config) => [config.index, config.params]),
  );
});

test('many askers at once get different configurations, numbers without a gap, and nothing twice', async () => {
  const params = [{ name: 'n', distribution: int(1, 12) }];
  for (const name of names) {
    const study = await newStudy(makeSpec(params, chosen(name)));
    const asked = await Promise.all(Array.from({ length: 12 }, () => ask(study)));
    expect(asked.map(({ config }) => config.params.n).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 12 }, (_, k) => k + 1),
    );
    expect(asked.map(({ trial }) => trial.number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, k) => k),
    );
  }
});

test('what another program tried is not tried again', async () => {
  const study = await newStudy(makeSpec([{ name: 'c', distribution: categorical(['a', 'b']) }]));
  const other = await study.storage.reserveIndex(study.id, 'someone');
  const filled = {
    params: { c: 'a' },
    forced: {},
    key: paramsKey({ c: 'a' }),
    distributions: { c: categorical(['a', 'b']) },
    attrs: {},
  };
  const trial = {
    repeat: 0,
    seed: 1,
    startedAtMs: T0,
    attempt: newAttempt('someone'),
    asker: null,
    limit: null,
  };
  await study.storage.commitConfiguration({ reservation: other.reservation }, filled, trial);
  expect((await ask(study)).config.params).toEqual({ c: 'b' });
  expect(await study.ask(null, T0)).toHaveProperty('exhausted');
});

test('an unknown sampler or pruner is a mistake of usage that names the known ones', async () => {
  const params = [{ name: 'c', distribution: categorical(['a']) }];
  const error = await newStudy(makeSpec(params, chosen('magic'))).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(HpoError);
  expect(error).toMatchObject({ code: 'study.unknown-sampler', usage: true });
  expect((error as HpoError).format()).toContain(names.join(', '));
  const pruner = newStudy(makeSpec(params, { pruner: { name: 'magic', options: {} } }));
  await expect(pruner).rejects.toMatchObject({ code: 'study.unknown-pruner', usage: true });
});

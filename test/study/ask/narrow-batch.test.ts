import { expect, test } from 'vitest';
import type { Constraint } from '../../../src/core/constraint.js';
import { float, int, type Params } from '../../../src/core/distribution.js';
import { areNear } from '../../../src/core/nearness.js';
import type { Rng } from '../../../src/core/rng.js';
import { type ParamSpec, paramsKey } from '../../../src/core/space.js';
import { samplers } from '../../../src/samplers/registry.js';
import type { CustomSampler } from '../../../src/samplers/sampler.js';
import type { Study } from '../../../src/study/study.js';
import { makeSpec, newStudy, T0 } from '../harness.js';

const endless = samplers.filter((entry) => entry.endless).map((entry) => entry.name);

const floats = (...names: string[]): ParamSpec[] =>
  names.map((name) => ({ name, distribution: float(0, 1) }));
const sum = (params: readonly string[], min: number | null, max: number | null): Constraint => {
  return { kind: 'sum', params, min, max };
};
const below = (name: string): Constraint => ({ kind: 'forbid', forbid: { [name]: { gt: 0.004 } } });

type Case = readonly [name: string, params: readonly ParamSpec[], constraints: readonly Constraint[]];

/** Little of each cube is allowed, and in it there is room for far more configurations than a batch has. */
const ROOMY: readonly Case[] = [
  ['a line', floats('x', 'y'), [sum(['x', 'y'], 1, 1)]],
  ['equal values', floats('x', 'y'), [{ kind: 'forbid', forbid: { x: { not: { param: 'y' } } } }]],
  ['a simplex', floats('a', 'b', 'c'), [sum(['a', 'b', 'c'], 1, 1)]],
];

const wide = ['m', 'n', 'k'].map((name) => ({ name, distribution: int(1, 1000) }));
/** So little is allowed that a batch cannot keep its configurations apart. */
const CROWDED: readonly Case[] = [
  ['a corner of whole numbers', wide, [sum(['m', 'n', 'k'], null, 12)]],
  ['a corner', floats('a', 'b'), [below('a'), below('b')]],
  ['the end of a sum', floats('a', 'b', 'c', 'd'), [sum(['a', 'b', 'c', 'd'], 3.99, null)]],
];

/** Counts what a study asks of its sampler, and the numbers that the sampler draws for it. */
function watched(study: Study): { asks: number; draws: number } {
  const work = { asks: 0, draws: 0 };
  const { sampler } = study;
  const counted = <T>(drawn: T): T => {
    work.draws++;
    return drawn;
  };
  const counting = (rng: Rng): Rng => ({
    float: () => counted(rng.float()),
    int: (n) => counted(rng.int(n)),
    normal: () => counted(rng.normal()),
  });
  const sample: CustomSampler['sample'] = (space, view, { index, rng }) => {
    work.asks++;
    return sampler.sample(space, view, { index, rng: counting(rng) });
  };
  Object.assign(study, { sampler: { sample } });
  return work;
}

async function askBatches(study: Study, sizes: readonly number[]): Promise<Params[][]> {
  const batches: Params[][] = [];
  for (const size of sizes) {
    const { opened } = await study.askBatch(size, () => null, T0);
    batches.push(opened.map(({ config }) => config.params));
    for (const { trial, config } of opened) {
      const loss = Object.values(config.params).reduce<number>((all, x) => all + (Number(x) - 0.31) ** 2, 0);
      const ended = { state: 'complete', values: [loss], exitCode: null } as const;
      await study.tell(trial.id, null, { ...ended, reason: null, finishedAtMs: T0 });
    }
  }
  return batches;
}

const chosen = (name: string, constraints: readonly Constraint[]) => ({
  sampler: { name, options: {} },
  constraints,
});

const nearPairs = ({ space }: Study, batch: readonly Params[]): number =>
  batch.flatMap((a, k) => batch.slice(k + 1).filter((b) => areNear(space, a, b))).length;

const everySampler = (cases: readonly Case[]) =>
  endless.flatMap((name) => cases.map(([what, ...rest]) => [name, what, ...rest] as const));

test.each(everySampler(ROOMY))('a batch of %s keeps apart on %s', async (name, _, params, constraints) => {
  for (const seed of [1, 2]) {
    const study = await newStudy(makeSpec(params, chosen(name, constraints)), undefined, seed);
    const batches = await askBatches(study, [16, 16, 16, 16]);
    expect(batches.map((batch) => batch.length)).toEqual([16, 16, 16, 16]);
    expect(batches.map((batch) => nearPairs(study, batch))).toEqual([0, 0, 0, 0]);
  }
});

test.each(everySampler(CROWDED))(
  'a batch of %s only differs in %s, after little work',
  async (name, _, params, constraints) => {
    const study = await newStudy(makeSpec(params, chosen(name, constraints)));
    const work = watched(study);
    const batches = await askBatches(study, [16, 16]);
    expect(batches.map((batch) => batch.length)).toEqual([16, 16]);
    expect(new Set(batches.flat().map(paramsKey)).size).toBe(32);
    // Each is asked for 12 times to keep apart, and again where it was tried.
    expect(work.asks).toBeLessThan(32 * 25);
    expect(work.draws).toBeLessThan(500_000);
  },
);

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type OptionValues, withDefaults } from '../../src/core/component-options.js';
import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, paramsKey, resolve, type Space } from '../../src/core/space.js';
import type { ConfigView } from '../../src/core/study-view.js';
import type { Direction } from '../../src/core/trial.js';
import { samplers } from '../../src/samplers/registry.js';
import { needsCheckpoints, schedulers } from '../../src/schedulers/registry.js';
import { terminators } from '../../src/terminators/registry.js';
import { distributions, spaces } from '../core/arbitraries.js';
import { config, history, loadSampler, pasts, viewOf } from '../samplers/support.js';
import { simulate } from '../schedulers/simulate.js';
import { loadTerminator } from '../terminators/support.js';
import { computingApart } from './support.js';

const mixed: Space = makeSpace([
  { name: 'opt', distribution: categorical(['sgd', 'adam']) },
  { name: 'rate', distribution: float(1e-5, 1, { log: true }) },
  { name: 'momentum', distribution: float(0, 1), when: { opt: 'sgd' } },
  { name: 'layers', distribution: int(1, 50) },
]);

function lossOf({ opt, rate, momentum = 0.5, layers }: Params): number {
  const distance = Math.log10(rate as number) + 3 + (layers as number) / 50;
  return distance * distance + (opt === 'adam' ? 0.2 : (momentum as number) ** 2);
}

const ends: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(ends.map((end) => end())));

const learning = samplers.filter(({ reads }) => reads !== 'nothing');

describe.each(learning)('the sampler $name', ({ name, objectives }) => {
  const { apart, counts } = computingApart({ sampler: { name, options: {} } });
  ends.push(() => apart.close());

  test('a search in a thread is the search in place', async () => {
    const inPlace = await loadSampler(name);
    const sampler = apart.sampler(await loadSampler(name));
    const configs: ConfigView[] = [];
    for (let index = 0; index < 30; index++) {
      // Two configurations run beside each other, and each trial reports steps.
      const view = viewOf(configs);
      const [here, there] = [makeRng(7, 'ask', index), makeRng(7, 'ask', index)];
      const expected = inPlace.sample(mixed, view, { index, rng: here });
      expect(await sampler.sample(mixed, view, { index, rng: there })).toStrictEqual(expected);
      expect(there.float(), 'the next number of the generator').toBe(here.float());
      const { params, given } = resolve(mixed, (spec) => (expected as { params: Params }).params[spec.name]!);
      if (configs.some(({ key }) => key === paramsKey(given))) continue;
      const { attrs = {} } = expected as { attrs?: ConfigView['attrs'] };
      const value = lossOf(params);
      configs.push({
        ...config(index, params, { state: 'running', steps: [[1, value + 1]], given }),
        attrs,
      });
      const before = configs.at(-2);
      if (before?.state !== 'running') continue;
      const ended = { value: lossOf(before.params), steps: [[1, lossOf(before.params) + 1]] as const };
      configs[configs.length - 2] = {
        ...config(before.index, before.params, ended),
        key: before.key,
        attrs: before.attrs,
      };
    }
    expect(counts).toEqual({ computed: 30, returned: 0 });
  });

  test('whatever the views are, in whatever order they come', async () => {
    const inPlace = await loadSampler(name);
    const sampler = apart.sampler(await loadSampler(name));
    const pairs = fc.tuple(spaces(distributions, 4), pasts, pasts, fc.nat());
    await fc.assert(
      fc.asyncProperty(pairs, async ([space, first, second, seed]) => {
        if (inPlace.refuse?.(space)) return;
        const both: Direction[] = objectives === 'many' ? ['minimize', 'maximize'] : ['minimize'];
        const views = [history(space, first, seed), history(space, second, seed, both)];
        for (const [k, view] of [...views, views[0] as (typeof views)[number]].entries()) {
          const at = () => ({ index: view.configs.length, rng: makeRng(seed, k) });
          const expected = inPlace.sample(space, view, at());
          expect(await sampler.sample(space, view, at())).toStrictEqual(expected);
        }
      }),
      { numRuns: 6 },
    );
    expect(counts.returned).toBe(0);
  });
});

describe.each(schedulers)('the scheduler $name', (entry) => {
  const { apart, counts } = computingApart({ scheduler: { name: entry.name, options: {} } });
  ends.push(() => apart.close());
  const curveOf = (k: number) => (step: number) => 1 + Math.sin(7 * k) / 2 + ((k % 3) + 1) / step;
  const curves = Array.from({ length: 12 }, (_, k) => curveOf(k));

  test.each([true, false])('decides alike in a thread and in place; resumable: %s', async (resumable) => {
    if (!resumable && needsCheckpoints(entry.name)) return;
    const make = async () => (await entry.load())(withDefaults(entry.options, {}));
    const options = { maxSteps: 9, resumable };
    const expected = await simulate(await make(), curves, options);
    expect(await simulate(apart.scheduler(await make()), curves, options)).toStrictEqual(expected);
    expect(counts.computed).toBeGreaterThan(curves.length);
    expect(counts.returned).toBe(0);
  });
});

describe.each(terminators)('the terminator $name', ({ name, options: known }) => {
  const options: OptionValues = 'min_trials' in known ? { min_trials: 1 } : {};
  const { apart, counts } = computingApart({ terminator: { name, options } });
  ends.push(() => apart.close());

  test('decides alike in a thread and in place', async () => {
    const inPlace = await loadTerminator(name, options);
    const terminator = apart.terminator(await loadTerminator(name, options));
    await fc.assert(
      fc.asyncProperty(pasts, fc.nat(), async (past, seed) => {
        const view = history(mixed, past, seed);
        const expected = inPlace.decide(mixed, view, { rng: makeRng(seed) });
        expect(await terminator.decide(mixed, view, { rng: makeRng(seed) })).toStrictEqual(expected);
      }),
      { numRuns: 6 },
    );
    expect(counts).toEqual({ computed: 6, returned: 0 });
  });
});

import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, paramsKey, type Space } from '../../src/core/space.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { isWhole } from '../support/fast-check.js';
import { config, viewOf } from './support.js';

/** A space, and a function on it that has one lowest point, inside, away from the middle. */
export type Bowl = { readonly title: string; readonly space: Space; readonly f: (params: Params) => number };

/** x0, x1, ... from -5 to 5; the lowest point is not on the diagonal. */
function bowl(dimensions: number): Bowl {
  const names = Array.from({ length: dimensions }, (_, k) => `x${k}`);
  return {
    title: `a bowl of ${dimensions} dimensions`,
    space: makeSpace(names.map((name) => ({ name, distribution: float(-5, 5) }))),
    f: (params) =>
      names.reduce((sum, name, k) => sum + (Number(params[name]) - (k % 2 ? -2.1 : 1.3)) ** 2, 0),
  };
}

const mixed: Bowl = {
  title: 'a bowl over a log range, whole numbers and a choice',
  space: makeSpace([
    { name: 'lr', distribution: float(1e-6, 1, { log: true }) },
    { name: 'units', distribution: int(1, 200) },
    { name: 'opt', distribution: categorical(['adam', 'sgd', 'rmsprop']) },
    { name: 'decay', distribution: float(0, 1) },
  ]),
  f: ({ lr, units, opt, decay }) =>
    (Math.log10(Number(lr)) + 2) ** 2 +
    ((Number(units) - 150) / 40) ** 2 +
    (opt === 'sgd' ? 0 : 2) +
    (4 * Number(decay) - 3) ** 2,
};

export const BOWLS: readonly Bowl[] = [bowl(2), bowl(5), bowl(10), mixed];
/** Those in which a whole sweep is made twice, once with the sign of its results turned. */
export const MIRRORED_BOWLS = isWhole ? BOWLS : BOWLS.filter((_, k) => k % 2 === 1);

/**
 * A sweep of so many configurations with one slot, in which each one's result is the next one's history. `seen` may
 * change what the sampler is shown; the view that is returned is as it was found.
 */
export function sweep(
  sampler: Sampler,
  { space, f }: Bowl,
  {
    trials,
    seed,
    seen = (view) => view,
  }: { trials: number; seed: number; seen?: (view: StudyView) => StudyView },
): ConfigView[] {
  const configs: ConfigView[] = [];
  for (let index = 0; index < trials; index++) {
    const view = { ...viewOf(configs), seed };
    const proposal = sampler.sample(space, seen(view), { index, rng: makeRng(seed, 'ask', index) });
    if ('exhausted' in proposal) throw new Error(proposal.exhausted);
    const { params, attrs = {} } = proposal;
    const found = config(index, params, { value: f(params), steps: [[0, f(params)]] });
    configs.push({ ...found, attrs, key: paramsKey(params) });
  }
  return configs;
}

/** The lowest value of a sweep, in the middle of those of several seeds. */
export function medianBest(sampler: Sampler, bowl: Bowl, trials: number, seeds: number): number {
  const lowest = Array.from({ length: seeds }, (_, seed) =>
    sweep(sampler, bowl, { trials, seed }).reduce(
      (least, { values }) => Math.min(least, values?.[0] as number),
      Number.POSITIVE_INFINITY,
    ),
  );
  return lowest.sort((a, b) => a - b)[seeds >> 1] as number;
}

/** The same on each bowl. */
export function onEachBowl(sampler: Sampler, trials: number, seeds: number): ReadonlyMap<Bowl, number> {
  return new Map(BOWLS.map((bowl) => [bowl, medianBest(sampler, bowl, trials, seeds)]));
}

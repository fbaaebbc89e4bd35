import { type OptionValues, withDefaults } from '../../src/core/component-options.js';
import type { Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { paramsKey, type Space } from '../../src/core/space.js';
import { mean, standardDeviation } from '../../src/core/stats.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { terminators } from '../../src/terminators/registry.js';
import type { Terminator } from '../../src/terminators/terminator.js';
import { config, viewOf } from '../samplers/support.js';

/** A terminator of the registry, with its defaults but for the options given. */
export async function loadTerminator(name: string, options: OptionValues = {}): Promise<Terminator> {
  const entry = terminators.find((each) => each.name === name);
  if (!entry) throw new Error(`no terminator ${name}`);
  return (await entry.load())(withDefaults(entry.options, options));
}

/** A configuration with the values of its repeats. */
export function repeated(index: number, params: Params, values: readonly number[]): ConfigView {
  const std = standardDeviation(values);
  return {
    ...config(index, params, { value: mean(values) }),
    std: std === null ? null : [std],
    trialCount: values.length,
  };
}

/** What a sampler finds in so many configurations; `evaluate` gives the values of a configuration's repeats. */
export function search(
  sampler: Sampler,
  space: Space,
  seed: number,
  evaluate: (params: Params) => readonly number[],
): { next(): { view: StudyView; params: Params } } {
  let configs: readonly ConfigView[] = [];
  return {
    next() {
      const index = configs.length;
      const proposal = sampler.sample(space, viewOf(configs), { index, rng: makeRng(seed, 'ask', index) });
      if ('exhausted' in proposal) throw new Error('nothing is left to try');
      const { params, attrs } = proposal;
      if (configs.some(({ key }) => key === paramsKey(params))) throw new Error('tried already');
      configs = [...configs, { ...repeated(index, params, evaluate(params)), attrs: attrs ?? {} }];
      return { view: viewOf(configs), params };
    },
  };
}

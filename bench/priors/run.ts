import { withDefaults } from '../../src/core/component-options.js';
import type { Params } from '../../src/core/distribution.js';
import { samplers } from '../../src/samplers/registry.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { makeWaitingKeeper } from '../kept-runs.js';
import type { Problem } from '../search/problems.js';
import { search } from '../search/run.js';
import { type Expectation, expecting } from './expectations.js';

/** Numbers of trials after which a search is measured. */
export const CHECKPOINTS = [10, 25, 50, 100] as const;

const keep = makeWaitingKeeper<readonly (number | null)[]>({
  bench: 'priors',
  revision: 2,
  sources: ['core', 'samplers', 'curves'],
});

export type Search = {
  readonly problem: Problem;
  readonly optimum: Params;
  readonly sampler: string;
  readonly expectation: Expectation;
  readonly seed: number;
};

/** Returns the noise-free value of what looked best at each checkpoint; Infinity where all had failed. Kept, since all searches take long. */
export async function measured({
  problem,
  optimum,
  sampler,
  expectation,
  seed,
}: Search): Promise<readonly number[]> {
  const found = await keep(`${problem.name}-${sampler}-${expectation}-${seed}`, async () => {
    const space = expecting(problem.space, optimum, expectation, seed);
    return search({ ...problem, space }, await load(sampler), seed, CHECKPOINTS);
  });
  // JSON has no Infinity.
  return found.map((value) => value ?? Number.POSITIVE_INFINITY);
}

async function load(name: string): Promise<Sampler> {
  const entry = samplers.find((each) => each.name === name);
  if (!entry) throw new Error(`no sampler ${name}`);
  return (await entry.load())(withDefaults(entry.options, {}));
}

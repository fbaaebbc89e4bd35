import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withDefaults } from '../../src/core/component-options.js';
import type { Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import type { Space } from '../../src/core/space.js';
import type { ConfigView } from '../../src/core/study-view.js';
import { samplers } from '../../src/samplers/registry.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { hashSources } from '../budgets/source-hash.js';
import { cacheFolder } from '../cache-folder.js';
import type { Problem } from '../search/problems.js';
import { complete, propose } from '../search/run.js';
import { type Expectation, expecting } from './expectations.js';

/** Numbers of trials after which a search is measured. */
export const CHECKPOINTS = [10, 25, 50, 100] as const;
const TRIALS = 100;
const OPTIMUM_TRIALS = 3000;
const FOLDER = cacheFolder('hpo-bench', 'priors');
const revision = hashSources(['core', 'samplers', 'curves']);

export type Search = {
  readonly problem: Problem;
  readonly optimum: Params;
  readonly sampler: string;
  readonly expectation: Expectation;
  readonly seed: number;
};

/** Returns the noise-free value of what looked best at each checkpoint. Kept, since all searches take half an hour. */
export async function measured(search: Search): Promise<readonly number[]> {
  const { problem, sampler, expectation, seed } = search;
  const file = join(FOLDER, `${revision}-${problem.name}-${sampler}-${expectation}-${seed}.json`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as number[];
  } catch {
    const space = expecting(problem.space, search.optimum, expectation, seed);
    const best = run(problem, space, await load(sampler), seed, TRIALS);
    mkdirSync(FOLDER, { recursive: true });
    const found = CHECKPOINTS.map((count) => best[count - 1]?.truth ?? Number.NaN);
    writeFileSync(file, JSON.stringify(found));
    return found;
  }
}

/** Returns the best point that long searches find. */
export async function optimumOf(problem: Problem): Promise<Params> {
  const quiet = { ...problem, noise: 0 };
  const ends = [];
  for (const name of ['cmaes', 'tpe']) {
    const best = run(quiet, problem.space, await load(name), 1, OPTIMUM_TRIALS).at(-1);
    if (best) ends.push(best);
  }
  return ends.reduce((a, b) => (b.truth < a.truth ? b : a)).params;
}

type Best = { readonly seen: number; readonly truth: number; readonly params: Params };

function run(problem: Problem, space: Space, sampler: Sampler, seed: number, trials: number): Best[] {
  const noise = makeRng(seed, 'noise');
  const configs: ConfigView[] = [];
  const held = new Set<string>();
  const bests: Best[] = [];
  let best: Best = { seen: Number.POSITIVE_INFINITY, truth: Number.POSITIVE_INFINITY, params: {} };
  for (let index = 0; index < trials; index++) {
    const view = {
      directions: ['minimize'],
      seed,
      maxSteps: null,
      earlier: null,
      configs: [...configs],
    } as const;
    const next = propose(space, sampler, view, { index, seed, held });
    if (next) {
      const truth = problem.value(next.params);
      const seen = truth + (problem.noise > 0 ? problem.noise * noise.normal() : 0);
      configs.push(complete(index, next, [seen]));
      if (seen < best.seen) best = { seen, truth, params: next.params };
    }
    bests.push(best);
  }
  return bests;
}

async function load(name: string): Promise<Sampler> {
  const entry = samplers.find((each) => each.name === name);
  if (!entry) throw new Error(`no sampler ${name}`);
  return (await entry.load())(withDefaults(entry.options, {}));
}

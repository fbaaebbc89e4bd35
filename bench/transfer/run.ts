import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withDefaults } from '../../src/core/component-options.js';
import type { Earlier, EarlierStudy } from '../../src/core/earlier-studies.js';
import { makeRng } from '../../src/core/rng.js';
import type { ConfigView } from '../../src/core/study-view.js';
import { samplers } from '../../src/samplers/registry.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { hashSources } from '../budgets/source-hash.js';
import { cacheFolder } from '../cache-folder.js';
import type { Problem } from '../search/problems.js';
import { complete, propose } from '../search/run.js';
import { type Relation, relativeOf } from './relatives.js';

/** Numbers of trials after which a search is measured. */
export const CHECKPOINTS = [10, 25, 50, 100] as const;
const TRIALS = 100;
/** Trials of an earlier study, and how many of these there are. */
export const EARLIER = { trials: 60, studies: 2, sampler: 'tpe' } as const;
const FOLDER = cacheFolder('hpo-bench', 'transfer');
const revision = hashSources(['core', 'samplers', 'curves']);

export type Search = {
  readonly problem: Problem;
  readonly sampler: string;
  readonly relation: Relation;
  readonly seed: number;
};

/** Returns the noise-free value of what looked best at each checkpoint. Kept, since all searches take half an hour. */
export async function measured(search: Search): Promise<readonly number[]> {
  const { problem, sampler, relation, seed } = search;
  const file = join(FOLDER, `${revision}-${problem.name}-${sampler}-${relation}-${seed}.json`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as number[];
  } catch {
    const best = await bestOf(search);
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, JSON.stringify(best));
    return best;
  }
}

/** The same, not kept. */
export async function bestOf({ problem, sampler, relation, seed }: Search): Promise<readonly number[]> {
  const earlier = relation === 'none' ? null : await earlierOf(problem, relation, seed);
  const { bests } = run(problem, await load(sampler), { seed, trials: TRIALS, earlier });
  return CHECKPOINTS.map((count) => bests[count - 1] ?? Number.NaN);
}

async function earlierOf(
  problem: Problem,
  relation: Exclude<Relation, 'none'>,
  seed: number,
): Promise<Earlier> {
  const sampler = await load(EARLIER.sampler);
  const studies = Array.from({ length: EARLIER.studies }, (_, k): EarlierStudy => {
    const own = 100 * seed + k;
    const relative = relativeOf(problem, relation, own);
    const { configs } = run(relative, sampler, { seed: own, trials: EARLIER.trials, earlier: null });
    const points = configs.map(({ params, values }) => ({ params, value: values?.[0] as number }));
    return { name: `earlier-${k}`, results: points.length, points };
  });
  return { weight: 1, studies };
}

function run(
  problem: Problem,
  sampler: Sampler,
  { seed, trials, earlier }: { seed: number; trials: number; earlier: Earlier | null },
): { readonly bests: readonly number[]; readonly configs: readonly ConfigView[] } {
  const noise = makeRng(seed, 'noise');
  const configs: ConfigView[] = [];
  const held = new Set<string>();
  const bests: number[] = [];
  let best = { seen: Number.POSITIVE_INFINITY, truth: Number.POSITIVE_INFINITY };
  for (let index = 0; index < trials; index++) {
    const view = { directions: ['minimize'], seed, maxSteps: null, earlier, configs: [...configs] } as const;
    const next = propose(problem.space, sampler, view, { index, seed, held });
    if (next) {
      const truth = problem.value(next.params);
      const seen = truth + (problem.noise > 0 ? problem.noise * noise.normal() : 0);
      configs.push(complete(index, next, [seen]));
      if (seen < best.seen) best = { seen, truth };
    }
    bests.push(best.truth);
  }
  return { bests, configs };
}

async function load(name: string): Promise<Sampler> {
  const entry = samplers.find((each) => each.name === name);
  if (!entry) throw new Error(`no sampler ${name}`);
  return (await entry.load())(withDefaults(entry.options, {}));
}

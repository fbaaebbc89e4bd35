import { makeRng } from '../../src/core/rng.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import type { SamplerEntry } from '../../src/samplers/registry.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { proposeBatch } from '../../src/study/ask/batch.js';
import type { Problem } from '../search/problems.js';
import { complete } from '../search/run.js';

type Search = {
  readonly problem: Problem;
  readonly sampler: Sampler;
  readonly entry: SamplerEntry;
  readonly seed: number;
  /** Trials of each batch; their results come together. */
  readonly size: number;
  readonly trials: number;
};

/** Runs one search in batches, with asks as in a study; returns the noise-free value of the apparent best. */
export async function searchInBatches(search: Search): Promise<number> {
  const { problem, sampler, entry, seed, size, trials } = search;
  const { space } = problem;
  const noise = makeRng(seed, 'noise');
  const configs: ConfigView[] = [];
  const keys = new Set<string>();
  const best = { seen: Number.POSITIVE_INFINITY, value: Number.POSITIVE_INFINITY };
  while (configs.length < trials) {
    const view: StudyView = {
      directions: ['minimize'],
      seed,
      maxSteps: null,
      earlier: null,
      configs: [...configs],
    };
    const indices = Array.from(
      { length: Math.min(size, trials - configs.length) },
      (_, k) => configs.length + k,
    );
    const history = { view, isTried: (key: string) => keys.has(key) };
    const { members } = await proposeBatch(
      { space, seed, sampler, samplerEntry: entry },
      history,
      indices,
      0,
    );
    // An exhausted space has no more to find.
    if (members.length === 0) break;
    for (const { resolved, key, attrs } of members) {
      const value = problem.value(resolved.given);
      const seen = value + problem.noise * noise.normal();
      if (seen < best.seen) Object.assign(best, { seen, value });
      keys.add(key);
      configs.push(complete(configs.length, { params: resolved.params, key, attrs }, [seen]));
    }
  }
  return best.value;
}

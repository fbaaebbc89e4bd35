import type { Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { paramsKey, resolve, type Space } from '../../src/core/space.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import type { Proposal, Sampler } from '../../src/samplers/sampler.js';
import { CHECKPOINTS, makeObserver } from './observer.js';
import type { Problem } from './problems.js';

/** Runs one search with one slot, with asks and tells as in a study; returns the observer's values at each checkpoint. */
export function search(
  problem: Problem,
  sampler: Sampler,
  seed: number,
  checkpoints: readonly number[] = CHECKPOINTS,
): number[] {
  const observer = makeObserver(problem, seed, checkpoints);
  const configs: ConfigView[] = [];
  const held = new Set<string>();
  for (let index = 0; index < (checkpoints.at(-1) as number); index++) {
    const view: StudyView = {
      directions: ['minimize'],
      seed,
      maxSteps: null,
      earlier: null,
      configs: [...configs],
    };
    const next = propose(problem.space, sampler, view, { index, seed, held });
    // When a discrete space is exhausted, the best stays what it is.
    if (!next) observer.idle();
    else {
      const value = observer.evaluate(next.params);
      configs.push(value === null ? failed(index, next) : complete(index, next, [value]));
    }
  }
  return observer.best();
}

type Next = { readonly params: Params; readonly key: string; readonly attrs: ConfigView['attrs'] };

/** Asks as the study does: a tried configuration is proposed again with another generator; null when none is left. */
export function propose(
  space: Space,
  sampler: Sampler,
  view: StudyView,
  { index, seed, held }: { index: number; seed: number; held: Set<string> },
): Next | null {
  for (let attempt = 0; attempt < 100; attempt++) {
    const rng = makeRng(seed, 'ask', index, 0, attempt);
    const proposal: Proposal = sampler.sample(space, view, { index, rng });
    if ('exhausted' in proposal) return null;
    const { given, params } = resolve(space, ({ name }) => proposal.params[name] ?? null);
    const key = paramsKey(given);
    if (held.has(key)) continue;
    held.add(key);
    return { params, key, attrs: proposal.attrs ?? {} };
  }
  return null;
}

export function complete(index: number, { params, key, attrs }: Next, values: readonly number[]): ConfigView {
  return {
    index,
    params,
    key,
    state: 'complete',
    values,
    std: null,
    trialCount: 1,
    violations: [],
    trials: [],
    attrs,
  };
}

function failed(index: number, next: Next): ConfigView {
  return { ...complete(index, next, []), state: 'fail', values: null, trialCount: 0 };
}

import { withDefaults } from '../../src/core/component-options.js';
import type { Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { paramsKey, resolve } from '../../src/core/space.js';
import { mean, standardDeviation } from '../../src/core/stats.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import type { Attrs } from '../../src/core/trial.js';
import { samplers } from '../../src/samplers/registry.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { prospect } from '../../src/terminators/improvement.js';
import type { Problem } from '../search/problems.js';

/** The state of a search after this many trials. */
export type Point = {
  readonly trials: number;
  /** Expected improvement and noise, as the terminator computes them; null where it cannot. */
  readonly improvement: number | null;
  readonly noise: number | null;
  /** True value of the configuration that looks best (the lowest reported mean). */
  readonly value: number;
};

export async function loadGp(): Promise<Sampler> {
  const entry = samplers.find(({ name }) => name === 'gp');
  if (!entry) throw new Error('no sampler gp');
  return (await entry.load())(withDefaults(entry.options, {}));
}

/** Runs a search of this many trials with gp; evaluates it after every configuration and never stops it. */
export function trace(gp: Sampler, problem: Problem, repeats: number, seed: number, budget: number): Point[] {
  const noise = makeRng(seed, 'noise');
  const configs: ConfigView[] = [];
  const points: Point[] = [];
  let least = Number.POSITIVE_INFINITY;
  let value = Number.POSITIVE_INFINITY;
  let view: StudyView = { directions: ['minimize'], seed, maxSteps: null, earlier: null, configs: [] };
  for (let index = 0; (index + 1) * repeats <= budget; index++) {
    const proposal = propose(gp, problem, view, index);
    if (!proposal) break;
    const truth = problem.value(proposal.params);
    const told = Array.from({ length: repeats }, () =>
      problem.noise === 0 ? truth : truth + problem.noise * noise.normal(),
    );
    configs.push(configOf(index, problem, proposal, told));
    if (mean(told) < least) [least, value] = [mean(told), truth];
    view = { directions: ['minimize'], seed, maxSteps: null, earlier: null, configs: [...configs] };
    const found = prospect(problem.space, view, makeRng(seed, 'terminate', index));
    const known = typeof found === 'string' ? { improvement: null, noise: null } : found;
    points.push({
      trials: (index + 1) * repeats,
      improvement: known.improvement,
      noise: known.noise,
      value,
    });
  }
  return points;
}

type Proposed = { readonly params: Params; readonly attrs: Attrs };

/** Asks as the study does: a tried configuration is proposed again with another generator. */
function propose(gp: Sampler, problem: Problem, view: StudyView, index: number): Proposed | null {
  const held = new Set(view.configs.map(({ key }) => key));
  for (let attempt = 0; attempt < 100; attempt++) {
    const rng = makeRng(view.seed, 'ask', index, 0, attempt);
    const proposal = gp.sample(problem.space, view, { index, rng });
    if ('exhausted' in proposal) return null;
    const { given, params } = resolve(problem.space, ({ name }) => proposal.params[name] ?? null);
    if (!held.has(paramsKey(given))) return { params, attrs: proposal.attrs ?? {} };
  }
  return null;
}

function configOf(
  index: number,
  { space }: Problem,
  { params, attrs }: Proposed,
  told: readonly number[],
): ConfigView {
  const { given } = resolve(space, ({ name }) => params[name] ?? null);
  const std = standardDeviation(told);
  return {
    index,
    params,
    key: paramsKey(given),
    state: 'complete',
    values: [mean(told)],
    std: std === null ? null : [std],
    trialCount: told.length,
    violations: [],
    trials: [],
    attrs,
  };
}

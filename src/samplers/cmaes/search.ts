import type { ParamValue } from '../../core/distribution.js';
import { makeRng } from '../../core/rng.js';
import type { Space } from '../../core/space.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import { type Coordinate, makeCoordinate } from '../coordinate.js';
import { type CategoryProbabilities, equalProbabilities, moveProbabilities } from './choices.js';
import { compareRanks, FAILED, type GenerationAttrs, rankOf } from './generation-attrs.js';
import { defaultPopulation } from './parameters.js';
import { advance, constantsFor, freshStrategy, type Strategy } from './strategy.js';

/** The strategy's view of a space: numbers as coordinates, unordered choices beside them. */
export type Plan = {
  readonly names: readonly string[];
  /** At least one: a space without numbers has one idle coordinate (null) that affects nothing. */
  readonly coordinates: readonly (Coordinate | null)[];
  readonly choices: ReadonlyMap<string, readonly ParamValue[]>;
  /** Name -> coordinate. */
  readonly places: ReadonlyMap<string, number>;
  /** Whether no parameter is continuous. */
  readonly finite: boolean;
  /** Stands for the parameters in the attributes of configurations. */
  readonly mark: number;
};

export function makePlan(space: Space): Plan {
  const names: string[] = [];
  const coordinates: (Coordinate | null)[] = [];
  const choices = new Map<string, readonly ParamValue[]>();
  for (const { name, distribution: d } of space.params) {
    const coordinate = makeCoordinate(d);
    if (coordinate) {
      names.push(name);
      coordinates.push(coordinate);
    } else if (d.kind === 'categorical' && d.choices.length > 1) choices.set(name, d.choices);
  }
  return {
    names,
    coordinates: coordinates.length > 0 ? coordinates : [null],
    choices,
    places: new Map(names.map((name, k) => [name, k])),
    finite: coordinates.every((coordinate) => coordinate?.cell),
    mark: markOf(space),
  };
}

function markOf({ params }: Space): number {
  const searched = params.map(({ name, distribution }) => [name, distribution]);
  return makeRng(0, 'cmaes', JSON.stringify(searched)).int(2 ** 32);
}

export type SearchOptions = {
  /** Standard deviation in generation 0, as a share of each range. */
  readonly sigma: number;
  /** 0: derived from the number of coordinates. */
  readonly population: number;
};

/** A strategy with its restarts. Immutable. */
export type Search = {
  readonly strategy: Strategy;
  readonly chances: CategoryProbabilities;
  readonly restarts: number;
  /** The best value of each generation since the last restart. */
  readonly bests: readonly number[];
};

export function beginSearch(
  plan: Plan,
  start: readonly number[],
  { sigma, population }: SearchOptions,
): Search {
  const lambda = population > 0 ? Math.max(4, population) : defaultPopulation(plan.coordinates.length);
  return {
    strategy: freshStrategy(Float64Array.from(start), sigma, lambda),
    chances: equalProbabilities(plan.choices),
    restarts: 0,
    bests: [],
  };
}

export type Parent = { readonly config: ConfigView; readonly mark: GenerationAttrs };

/**
 * Returns the search after one more generation. That may be a restart: with twice the population, from a point of the
 * cube drawn by the study's seed (Auger and Hansen, A restart CMA evolution strategy with increasing population size,
 * CEC 2005).
 */
export function nextGeneration(
  search: Search,
  parents: readonly Parent[],
  generation: number,
  plan: Plan,
  view: StudyView,
  options: SearchOptions,
): Search {
  const ranked = parents
    // A failure that will be retried has no result yet.
    .map((parent) => ({ ...parent, rank: rankOf(parent.config, view) ?? FAILED }))
    .sort((a, b) => compareRanks(a.rank, b.rank));
  const first = ranked[0];
  // Failures alone give no direction.
  if (!first || first.rank[0] === FAILED[0]) return search;
  const members = ranked.map(({ mark }) => ({ x: mark.x, late: mark.generation !== generation - 1 }));
  const { lambda } = search.strategy.constants;
  const { weights } = constantsFor(search.strategy, members.length);
  const moved = {
    ...search,
    strategy: advance(search.strategy, members, plan.coordinates),
    chances: moveProbabilities(
      search.chances,
      plan.choices,
      ranked.map(({ config }) => config.params),
      weights,
    ),
    bests: [...search.bests, first.rank[2]],
  };
  if (!isSpent(moved)) return moved;
  const rng = makeRng(view.seed, 'cmaes-restart', search.restarts);
  const start = Float64Array.from(plan.coordinates, () => rng.float());
  return {
    strategy: freshStrategy(start, options.sigma, 2 * lambda),
    chances: equalProbabilities(plan.choices),
    restarts: search.restarts + 1,
    bests: [],
  };
}

/** Whether the search has converged: values no longer differ, or the distribution has shrunk to a point or a line. */
function isSpent({ strategy, bests }: Search): boolean {
  const { sigma, covariance, constants } = strategy;
  const span = 10 + Math.ceil((30 * constants.n) / constants.lambda);
  if (bests.length >= span) {
    const recent = bests.slice(-span);
    const [low, high] = [Math.min(...recent), Math.max(...recent)];
    if (low === high || high - low <= 1e-12 * Math.abs(low)) return true;
  }
  const widest = covariance.scales.reduce((a, b) => Math.max(a, b), 0);
  const narrowest = covariance.scales.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return !(sigma * widest > 1e-11) || widest > 1e7 * narrowest;
}

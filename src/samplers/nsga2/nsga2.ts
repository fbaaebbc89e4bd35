import { settle } from '../../core/allowed/place.js';
import type { OptionValues } from '../../core/component-options.js';
import type { ParamValue } from '../../core/distribution.js';
import { drawUniform } from '../../core/draw.js';
import type { Rng } from '../../core/rng.js';
import { paramsKey, type Resolved, resolve, type Space } from '../../core/space.js';
import type { StudyView } from '../../core/study-view.js';
import { drawLikely } from '../initial-design.js';
import { bestByFronts, type Member } from '../nondominated-sort.js';
import type { Sampler } from '../sampler.js';
import { triedKeys } from '../tried.js';
import { type Genes, makeGenes } from './genes.js';

/** Children drawn until one is new and allowed; each mutates more of its genes than the one before. */
const TRIES = 20;
/** Children that constraints may forbid before the others move to the nearest points that they allow. */
const FREE_TRIES = 5;

/**
 * NSGA-II (Deb, Pratap, Agarwal and Meyarivan, A fast and elitist multiobjective genetic algorithm: NSGA-II, IEEE
 * Transactions on Evolutionary Computation 6(2), 2002): binary tournaments by front and crowding, simulated binary
 * crossover and polynomial mutation on the unit scale, uniform crossover and random reset for unordered choices, and
 * constrained domination. With one objective it is a plain genetic algorithm.
 *
 * It runs in steady state (Durillo, Nebro, Luna and Alba, On the effect of the steady-state selection scheme in
 * multi-objective genetic algorithms, EMO 2009): each result is a generation of its own, and the parents are the best
 * of all configurations in the view. So it keeps no state, and parallel trials never wait. 50 to 200 trials reach a
 * larger hypervolume than with whole generations. Until a population has results, the draws are uniform.
 */
export function makeNsga2(options: OptionValues): Sampler {
  const o = options as { population: number; crossover: number; mutation: number };
  const genesOf = new WeakMap<Space, Genes>();
  const populations = new WeakMap<StudyView, readonly Member[]>();
  return {
    sample(space, view, { index, rng }) {
      let genes = genesOf.get(space);
      if (!genes) {
        genes = makeGenes(space);
        genesOf.set(space, genes);
      }
      let population = populations.get(view);
      if (!population) {
        population = bestByFronts(view, o.population);
        populations.set(view, population);
      }
      const breed = population.length >= o.population;
      const mutation = Math.min(1, o.mutation / Math.max(1, genes.free));
      const held = triedKeys(view);
      for (let k = 0; ; k++) {
        const rate = mutation + (1 - mutation) * (k / TRIES);
        const { params, given, forbidden } = breed
          ? makeChild(
              space,
              genes,
              population,
              { crossover: o.crossover, mutation: rate, isMoved: k >= FREE_TRIES },
              rng,
            )
          : drawLikely(space, { index, rng });
        if (k === TRIES || !(forbidden || held.has(paramsKey(given)))) return { params };
      }
    },
  };
}

type Rates = { readonly crossover: number; readonly mutation: number; readonly isMoved: boolean };

function makeChild(
  space: Space,
  genes: Genes,
  population: readonly Member[],
  rates: Rates,
  rng: Rng,
): Resolved {
  const a = winner(population, rng).config.params;
  const b = winner(population, rng).config.params;
  const crossed = rng.float() < rates.crossover;
  const place = rates.isMoved ? settle : resolve;
  return place(space, (spec) => {
    const gene = genes.byName.get(spec.name);
    const [fromA, fromB] = [gene?.of(a), gene?.of(b)];
    // Active only in the child: its condition holds by a combination that neither parent has.
    if (!gene || (fromA === undefined && fromB === undefined)) return drawUniform(spec.distribution, rng);
    const value =
      fromA === undefined || fromB === undefined || !crossed
        ? ((fromA === undefined ? fromB : fromA) as ParamValue)
        : gene.cross(fromA, fromB, rng);
    return rng.float() < rates.mutation ? gene.mutate(value, rng) : value;
  });
}

/** Returns the winner of a binary tournament: the lower rank, then the less crowded. */
function winner(population: readonly Member[], rng: Rng): Member {
  const a = population[rng.int(population.length)] as Member;
  const b = population[rng.int(population.length)] as Member;
  if (a.rank !== b.rank) return a.rank < b.rank ? a : b;
  if (a.crowding !== b.crowding) return a.crowding > b.crowding ? a : b;
  return rng.float() < 0.5 ? a : b;
}

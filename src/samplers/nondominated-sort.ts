import { crowdingDistances, type Losses, nonDominatedRanks } from '../core/pareto.js';
import type { ConfigView, StudyView } from '../core/study-view.js';
import { COMPLETE, INFEASIBLE, PRUNED, rankKeyOf, scoresOf } from './trial-ranking.js';

/** A configuration with its rank. */
export type Member = {
  readonly config: ConfigView;
  /** Index of its front; lower is better. */
  readonly rank: number;
  /** Crowding distance within its front; larger is better. */
  readonly crowding: number;
};

/**
 * Returns the `size` best configurations that have a result, the best first: front by front. The last front contributes
 * its least crowded members (ties: the older). Failures and running configurations have no result, except running ones
 * with finished repeats.
 */
export function bestByFronts(view: StudyView, size: number): Member[] {
  const members: Member[] = [];
  for (const [rank, front] of frontsOf(view, size).entries()) {
    const distances = crowdingDistances(front.map(({ losses }) => losses));
    const ranked = front.map(({ config }, k) => ({ config, rank, crowding: distances[k] as number }));
    ranked.sort((a, b) => (a.crowding === b.crowding ? 0 : b.crowding - a.crowding));
    members.push(...ranked.slice(0, size - members.length));
  }
  return members;
}

type Candidate = { readonly config: ConfigView; readonly losses: Losses; readonly penalty: number };

/**
 * Constrained domination (Deb et al. 2002, section VI): feasible results in their fronts, then pruned ones (those that
 * ran further first), then those that violate metric constraints, by total violation. Stops once the fronts hold
 * `size` members.
 */
function frontsOf({ configs, directions }: StudyView, size: number): Candidate[][] {
  const tiers: [Candidate[], Candidate[], Candidate[]] = [[], [], []];
  for (const config of configs) {
    const { tier, first } = rankKeyOf(config, 1);
    const losses = scoresOf(config.values, directions);
    if (tier === COMPLETE && config.values?.length === directions.length)
      tiers[0].push({ config, losses, penalty: 0 });
    if (tier === PRUNED) tiers[1].push({ config, losses, penalty: first });
    if (tier === INFEASIBLE) tiers[2].push({ config, losses, penalty: first });
  }
  const [complete, ...behind] = tiers;
  const fronts = byRank(complete, nonDominatedRanks(complete.map(({ losses }) => losses)));
  for (const candidates of behind) {
    const order = nonDominatedRanks(candidates.map(({ penalty }) => [penalty]));
    for (const equals of byRank(candidates, order)) {
      fronts.push(...byRank(equals, nonDominatedRanks(equals.map(({ losses }) => losses))));
    }
  }
  let room = size;
  return fronts.filter((front) => {
    const wanted = room > 0;
    room -= front.length;
    return wanted;
  });
}

function byRank(candidates: readonly Candidate[], ranks: readonly number[]): Candidate[][] {
  const fronts: Candidate[][] = [];
  for (const [k, rank] of ranks.entries()) {
    const front = fronts[rank] ?? [];
    fronts[rank] = front;
    front.push(candidates[k] as Candidate);
  }
  return fronts;
}

import { toLosses } from '../../core/losses.js';
import { crowdingDistances, nonDominatedRanks } from '../../core/pareto.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import type { Direction } from '../../core/trial.js';

/** A configuration that may have children. */
export type Member = {
  readonly config: ConfigView;
  /** Lower is better: its place among the fronts. */
  readonly rank: number;
  /** Of members of one rank the less crowded is better. */
  readonly crowding: number;
};

/**
 * The `size` best of everything that has a result, the best first: front after front, and of the last front that
 * finds room the least crowded (ties: the older). Failures and what still runs have no result.
 */
export function selectPopulation(view: StudyView, size: number): Member[] {
  const members: Member[] = [];
  for (const [rank, front] of frontsOf(view, size).entries()) {
    const distances = crowdingDistances(front.map(({ losses }) => losses));
    const ranked = front.map(({ config }, k) => ({ config, rank, crowding: distances[k] as number }));
    ranked.sort((a, b) => (a.crowding === b.crowding ? 0 : b.crowding - a.crowding));
    members.push(...ranked.slice(0, size - members.length));
  }
  return members;
}

type Standing = {
  readonly config: ConfigView;
  readonly losses: readonly number[];
  readonly tier: 'complete' | 'pruned' | 'infeasible';
  /** How far behind within its tier. */
  readonly penalty: number;
};

/**
 * Constrained domination (Deb et al. 2002, section VI): feasible results in their fronts, then what was pruned (the
 * further it came the better), then what breaks outcome constraints, by how much it does. Only so many fronts that
 * `size` members are had.
 */
function frontsOf({ configs, directions }: StudyView, size: number): Standing[][] {
  const standings = configs.flatMap((config) => standingOf(config, directions) ?? []);
  const tier = (name: Standing['tier']) => standings.filter((each) => each.tier === name);
  const complete = tier('complete');
  const fronts = byRank(complete, nonDominatedRanks(complete.map(({ losses }) => losses)));
  for (const behind of [tier('pruned'), tier('infeasible')]) {
    const order = nonDominatedRanks(behind.map(({ penalty }) => [penalty]));
    for (const equals of byRank(behind, order)) {
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

function byRank(standings: readonly Standing[], ranks: readonly number[]): Standing[][] {
  const fronts: Standing[][] = [];
  for (const [k, rank] of ranks.entries()) {
    const front = fronts[rank] ?? [];
    fronts[rank] = front;
    front.push(standings[k] as Standing);
  }
  return fronts;
}

function standingOf(config: ConfigView, directions: readonly Direction[]): Standing | null {
  const { state, values } = config;
  if (state === 'running' || state === 'fail') return null;
  if (state === 'complete' && values?.length !== directions.length) return null;
  const losses = toLosses(values, directions);
  const violation = totalViolation(config.outcomeConstraints);
  if (violation > 0) return { config, losses, tier: 'infeasible', penalty: violation };
  if (state === 'complete') return { config, losses, tier: 'complete', penalty: 0 };
  let last = -1;
  for (const trial of config.trials) for (const step of trial.steps.keys()) last = Math.max(last, step);
  return { config, losses, tier: 'pruned', penalty: -last };
}

/** Sum of what exceeds 0; a constraint that is not a number is broken beyond measure. */
function totalViolation(constraints: readonly number[]): number {
  return constraints.reduce(
    (sum, by) => sum + (Number.isNaN(by) ? Number.POSITIVE_INFINITY : Math.max(0, by)),
    0,
  );
}

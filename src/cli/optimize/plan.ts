import { planGrid } from '../../core/grid-plan.js';
import type { Study } from '../../study/study.js';
import type { OptimizeRequest } from './request.js';

/** Where an endless sampler stops when nobody says how far to go. */
export const DEFAULT_TRIALS = 100;

export type Plan = {
  /** Total of trials from which no new configuration is asked for; null: until the sampler has no more. */
  readonly budget: number | null;
  /** Trials that the study will have in the end; null when only the sampler knows. */
  readonly total: number | null;
  readonly line: string;
};

/** `committed`: the trials there are, with the repeats that their configurations still get. */
export type Counts = { readonly trials: number; readonly committed: number };

export async function countTrials(study: Study): Promise<Counts> {
  const trials = await study.trialCount();
  const missing = (await study.configurations()).map(({ trials: own }) =>
    own.some((trial) => trial.state === 'pruned') ? 0 : Math.max(0, study.spec.repeats - own.length),
  );
  return { trials, committed: trials + missing.reduce((sum, count) => sum + count, 0) };
}

/** How many trials there will be, in numbers and in the words of the plan line. */
export function makePlan(
  study: Study,
  counts: Counts,
  request: Pick<OptimizeRequest, 'trials' | 'timeout'>,
  fileTrials: number | null,
): Plan {
  const asked = request.trials ?? (fileTrials === null ? null : { count: fileTrials, more: false });
  const budget = asked === null ? null : asked.count + (asked.more ? counts.trials : 0);
  const { repeats } = study.spec;
  const { name, endless } = study.samplerEntry;
  if (!endless) {
    const { points } = planGrid(study.space);
    const all = points.length * repeats;
    const total =
      budget === null || budget >= all ? all : Math.max(counts.committed, roundUp(budget, repeats));
    return { budget, total, line: gridLine(study, total, all) };
  }
  const limit = budget ?? (request.timeout === undefined ? DEFAULT_TRIALS : null);
  const total = limit === null ? null : Math.max(counts.committed, roundUp(limit, repeats));
  const why =
    budget === null && limit !== null
      ? ` (the default; --trials N or +N, or --timeout for another budget)`
      : '';
  const amount = total === null ? 'trials until the time is up' : `${total} trials${why}`;
  return {
    budget: limit,
    total,
    line: `${name}: ${amount}${repeats > 1 ? `, x ${repeats} repeats of each configuration` : ''}`,
  };
}

/** A configuration's repeats are always completed. */
function roundUp(trials: number, repeats: number): number {
  return Math.ceil(trials / repeats) * repeats;
}

function gridLine(study: Study, total: number, all: number): string {
  const { combinations, equal, forbidden, points } = planGrid(study.space);
  const { repeats } = study.spec;
  return [
    `${combinations} combinations`,
    ...(equal > 0 ? [`${equal} made equal by constraints`] : []),
    ...(forbidden > 0 ? [`${forbidden} forbidden`] : []),
    `${points.length} to run${repeats > 1 ? `, x ${repeats} repeats = ${all} trials` : ''}`,
    ...(total < all ? [`the budget ends it at ${total} trials`] : []),
  ].join(', ');
}

import { usageError } from '../../core/errors.js';
import { planGrid } from '../../core/grid-plan.js';
import type { Study } from '../../study/study.js';
import type { TrialBudget } from '../parse.js';
import type { Wanted } from './load.js';
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

/** What ends a sweep, from the command line or else the sweep file; null: no such limit. */
export type SweepLimits = {
  readonly trials: TrialBudget | null;
  readonly epochs: number | null;
  readonly timeoutMs: number | null;
  readonly target: number | null;
};

/** @throws HpoError optimize.target-objectives (usage): no single value says that several objectives are good enough. */
export function limitsOf(
  request: Pick<OptimizeRequest, 'trials' | 'epochs' | 'timeout' | 'target'>,
  { run, spec }: Pick<Wanted, 'run' | 'spec'>,
): SweepLimits {
  if (request.target !== undefined && spec.objectives.length > 1) {
    throw usageError('optimize.target-objectives', 'expected one objective with --target, got several', {
      fix: 'leave --target out',
    });
  }
  return {
    trials: request.trials ?? (run.trials === null ? null : { count: run.trials, more: false }),
    epochs: request.epochs ?? run.epochs,
    timeoutMs: request.timeout ?? run.timeoutMs,
    target: request.target ?? run.target,
  };
}

/** How many trials there will be, in numbers and in the words of the plan line. */
export function makePlan(study: Study, counts: Counts, limits: SweepLimits): Plan {
  const asked = limits.trials;
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
  const otherwise = limits.timeoutMs !== null || limits.epochs !== null;
  const limit = budget ?? (otherwise ? null : DEFAULT_TRIALS);
  const total = limit === null ? null : Math.max(counts.committed, roundUp(limit, repeats));
  const why =
    budget === null && limit !== null
      ? ` (the default; --trials N or +N, --timeout or --epochs for another budget)`
      : '';
  const amount = total === null ? `trials until ${endOf(limits)}` : `${total} trials${why}`;
  return {
    budget: limit,
    total,
    line: `${name}: ${amount}${repeats > 1 ? `, x ${repeats} repeats of each configuration` : ''}`,
  };
}

/** What ends a sweep of which nobody knows how many trials it has. */
export function endOf({ epochs, timeoutMs }: Pick<SweepLimits, 'epochs' | 'timeoutMs'>): string {
  const ends = [
    ...(timeoutMs === null ? [] : ['the time is up']),
    ...(epochs === null ? [] : [`${epochs} epochs are reported`]),
  ];
  return ends.join(' or ');
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

import { usageError } from '../../core/errors.js';
import { planGrid } from '../../core/grid-plan.js';
import type { StudySpec } from '../../core/spec.js';
import { type SpendingLimit, spendingText, withSteps } from '../../core/spending.js';
import { listedPoints } from '../../study/ask/propose.js';
import { earlierText } from '../../study/earlier.js';
import {
  type Budget,
  type PlanContext,
  type PlannedCounts,
  planBudget,
  reservedTrials,
  type TrialBudget,
} from '../../study/sweep/budget.js';
import type { ResolvedSweep } from './load.js';
import { populationLine, populationOf } from './population.js';

export type Plan = Budget & {
  readonly line: string;
  /** Trials to show progress against: no more than a space of few configurations has. Null when nobody knows. */
  readonly shown: number | null;
  /** How many trials are known beforehand; null: all. */
  readonly foreseen: number | null;
};

export type GivenBudgets = { readonly spending: SpendingLimit | null; readonly epochs: number | null };

/** What ends a sweep; null: no such limit. */
export type SweepLimits = {
  readonly trials: TrialBudget | null;
  readonly configurations: number | null;
  readonly epochs: number | null;
  /** With `epochs` as its steps. */
  readonly spending: SpendingLimit | null;
  /** The budgets as they were given, one beside the other. */
  readonly given: GivenBudgets;
  readonly timeoutMs: number | null;
  readonly target: number | null;
  /** Trials that may complete without an improvement. */
  readonly patience: number | null;
};

/** @throws HpoError optimize.target-objectives (usage): no single value says that several objectives are good enough. */
export function limitsOf({ run, spec }: Pick<ResolvedSweep, 'run' | 'spec'>): SweepLimits {
  const { trials, configurations, timeoutMs, target, patience } = run;
  if (target !== null && spec.objectives.length > 1) {
    throw usageError('optimize.target-objectives', 'expected one objective with --target, got several', {
      fix: 'leave --target out',
    });
  }
  if (trials !== null && configurations !== null) {
    throw usageError('optimize.trials-and-configurations', 'expected trials or configurations, got both', {
      fix: 'leave one of them out',
    });
  }
  const spending = withSteps(run.spending, run.epochs);
  const given = { spending: run.spending, epochs: run.epochs };
  const epochs = spending?.steps ?? null;
  return { trials, configurations, epochs, spending, given, timeoutMs, target, patience };
}

type Planned = PlanContext & { readonly spec: Pick<StudySpec, 'scheduler' | 'maxSteps' | 'transfer'> };

/** Returns how many trials there will be, as numbers and as the text of the plan's line, with the earlier studies that it starts from. */
export function makePlan(study: Planned, counts: PlannedCounts, limits: SweepLimits): Plan {
  const plan = planOf(study, counts, limits);
  const earlier = earlierText(study.spec.transfer);
  return earlier === null ? plan : { ...plan, line: `${plan.line}, ${earlier}` };
}

function planOf(study: Planned, counts: PlannedCounts, limits: SweepLimits): Plan {
  const plan = { ...planBudget(study, counts, limits), foreseen: null };
  const { budget, total } = plan;
  // A total of trials is reached only where the budget suffices.
  const within =
    limits.spending === null || (total === null && budget === null)
      ? ''
      : `, within ${spendingText(limits.spending)}`;
  const { repeats, race } = study.spec;
  const { name, endless } = study.samplerEntry;
  if (race !== null)
    return { ...plan, shown: null, line: `${raceLine(study, { race, plan, limits })}${within}` };
  const population = populationOf(study.spec);
  if (population !== null) {
    const foreseen = Math.max(0, population.members - counts.trials);
    // How many members are replaced, and how long each trial is, is known when it is done.
    return {
      ...plan,
      shown: null,
      foreseen,
      line: `${name}: ${populationLine(population, budget)}${within}`,
    };
  }
  if (!endless && total !== null)
    return { ...plan, shown: total, line: `${gridLine(study, counts, total)}${within}` };
  // Of those that wait one trial is counted already.
  const queued = counts.committed + (counts.waiting ?? 0) * (repeats - 1);
  const most = total === null ? null : Math.max(total, queued);
  const why =
    most !== total
      ? ', since queued ones run in any case'
      : limits.trials === null && limits.configurations === null && budget !== null
        ? ` (the default; --trials N or +N, --timeout or --budget for another budget)`
        : '';
  const all = (listedPoints(study.space)?.length ?? Infinity) * repeats;
  const isWhole = most !== null && all < most;
  const shown = isWhole ? Math.max(counts.committed, all) : most;
  const amount =
    shown === null
      ? `trials until ${endOf(limits)}${repeats > 1 ? `, ${repeats} for each configuration` : ''}`
      : `${trialsText(shown)}${repeatsText(shown, repeats)}${isWhole ? ', all that the space has' : why}`;
  return { ...plan, shown, line: `${name}: ${amount}${within}` };
}

/** Says how many configurations there will be, and how many seeds each may get. */
function raceLine(
  study: PlanContext,
  { race, plan, limits }: { race: number; plan: Budget; limits: SweepLimits },
): string {
  const { budget } = plan;
  const { name, endless } = study.samplerEntry;
  const points = endless
    ? (listedPoints(study.space)?.length ?? Infinity)
    : planGrid(study.space).points.length;
  const planned =
    plan.configurations ?? (budget === null ? null : endless ? budget - reservedTrials(budget) : budget);
  const count = Math.min(points, planned ?? Infinity);
  const seeds = `1 to ${race} seeds each`;
  if (count === Infinity) return `${name}: configurations until ${endOf(limits)}, ${seeds}`;
  const most = budget === null ? '' : `, ${trialsText(budget)} at most`;
  return `${name}: ${count} configuration${count === 1 ? '' : 's'}, ${seeds}${most}`;
}

/** Returns `: 4 configurations x 3 repeats`; where pruned ones lack repeats, only how many each has. */
function repeatsText(trials: number, repeats: number): string {
  if (repeats === 1) return '';
  if (trials % repeats !== 0) return `, ${repeats} for each configuration`;
  const count = trials / repeats;
  return `: ${count} configuration${count === 1 ? '' : 's'} x ${repeats} repeats`;
}

function trialsText(count: number): string {
  return `${count} trial${count === 1 ? '' : 's'}`;
}

/** What ends a sweep of which nobody knows how many trials it has. */
export function endOf({ spending, timeoutMs }: Pick<SweepLimits, 'spending' | 'timeoutMs'>): string {
  const ends = [
    ...(timeoutMs === null ? [] : ['the time is up']),
    ...(spending === null ? [] : spendingEnds(spending)),
  ];
  return ends.join(' or ');
}

function spendingEnds({ steps, hours, metric }: SpendingLimit): string[] {
  return [
    ...(steps === null ? [] : [`${steps} epochs are reported`]),
    ...(hours === null ? [] : [`${hours} hours are spent`]),
    ...(metric === null ? [] : [`${metric.name} adds up to ${metric.max}`]),
  ];
}

function gridLine(study: PlanContext, { tried = 0, elsewhere = 0 }: PlannedCounts, total: number): string {
  const { combinations, equal, forbidden, points } = planGrid(study.space);
  const { repeats } = study.spec;
  const all = points.length * repeats + elsewhere;
  return [
    `${combinations} combinations`,
    ...(equal > 0 ? [`${equal} made equal by constraints`] : []),
    ...(forbidden > 0 ? [`${forbidden} forbidden`] : []),
    `${points.length} to run${repeats > 1 ? `, x ${repeats} repeats = ${points.length * repeats} trials` : ''}`,
    ...(tried > 0 && tried < points.length ? [`${tried} of them tried already`] : []),
    ...(elsewhere > 0 ? [`${elsewhere} trial${elsewhere === 1 ? '' : 's'} of other values stay`] : []),
    ...(total < all ? [`the budget ends it at ${total} trials`] : []),
  ].join(', ');
}

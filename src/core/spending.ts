/** What a study may spend, over all calls; null: no limit. Each limit holds by itself. */
export type SpendingLimit = {
  /** Distinct steps that its trials report. */
  readonly steps: number | null;
  /** Time of one slot that its attempts take. */
  readonly hours: number | null;
  /** The sum of the last value of a metric of every trial, such as its cost. */
  readonly metric: { readonly name: string; readonly max: number } | null;
};

/** Whether two budgets are the same. */
export function isSameSpending(a: SpendingLimit | null, b: SpendingLimit | null): boolean {
  return a === b || (a !== null && b !== null && spendingFlag(a) === spendingFlag(b));
}

/** Returns a limit as a flag takes it: `steps=5000,metric=cost_usd,max=20`. */
export function spendingFlag({ steps, hours, metric }: SpendingLimit): string {
  return [
    ...(steps === null ? [] : [`steps=${steps}`]),
    ...(hours === null ? [] : [`hours=${hours}`]),
    ...(metric === null ? [] : [`metric=${metric.name},max=${metric.max}`]),
  ].join(',');
}

/** Returns a budget with a total of steps that was given beside it: of two limits for the steps the lower one holds. */
export function withSteps(spending: SpendingLimit | null, epochs: number | null): SpendingLimit | null {
  if (epochs === null) return spending;
  const { steps, hours, metric } = spending ?? { steps: null, hours: null, metric: null };
  return { steps: Math.min(steps ?? epochs, epochs), hours, metric };
}

/** What a study has spent. */
export type Spent = { readonly steps: number; readonly hours: number; readonly metric: number };

/** One limit, and what is spent of it. */
export type SpentOf = { readonly what: string; readonly spent: number; readonly max: number };

/** Returns each limit with what is spent of it. */
export function spentOfLimits(limit: SpendingLimit, spent: Spent): SpentOf[] {
  const { steps, hours, metric } = limit;
  return [
    ...(steps === null ? [] : [{ what: 'steps', spent: spent.steps, max: steps }]),
    ...(hours === null ? [] : [{ what: 'hours', spent: spent.hours, max: hours }]),
    ...(metric === null ? [] : [{ what: metric.name, spent: spent.metric, max: metric.max }]),
  ];
}

/** Returns a limit in words: `5000 steps or 8 hours or 20 of cost_usd`. */
export function spendingText({ steps, hours, metric }: SpendingLimit): string {
  return [
    ...(steps === null ? [] : [`${steps} steps`]),
    ...(hours === null ? [] : [`${hours} ${hours === 1 ? 'hour' : 'hours'}`]),
    ...(metric === null ? [] : [`${metric.max} of ${metric.name}`]),
  ].join(' or ');
}

/**
 * Returns how many steps what is left of all limits will do, by what a step has cost so far; null where no step has been trained, or
 * none has cost anything.
 */
export function stepsLeftOf({ steps, hours, metric }: SpendingLimit, spent: Spent): number | null {
  const stepsFor = (used: number, max: number) =>
    used > 0 && spent.steps > 0 ? [Math.max(0, ((max - used) * spent.steps) / used)] : [];
  const left = [
    ...(steps === null ? [] : [Math.max(0, steps - spent.steps)]),
    ...(hours === null ? [] : stepsFor(spent.hours, hours)),
    ...(metric === null ? [] : stepsFor(spent.metric, metric.max)),
  ];
  return left.length === 0 ? null : Math.min(...left);
}

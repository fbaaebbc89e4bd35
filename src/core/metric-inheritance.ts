/*
 * Metrics across the attempts of one trial. This is the whole rule; study, loggers and storage apply it.
 *
 * 1. A step is explicit when the trainer numbered it, and implicit when hpo counted the reports of the attempt. Implicit
 *    steps start at 1 in every attempt, so they do not show where an attempt resumed.
 * 2. When an attempt ends and its trial runs again, final values are discarded. Values of steps are kept when the next
 *    attempt may resume from a checkpoint and the objectives have explicit steps, except those of metrics with implicit
 *    steps. The next attempt inherits what is kept.
 * 3. An attempt owns every step from the lowest explicit one that it has reported (`firstStep`), of every metric: it
 *    resumed there, and reports them again. Steps below are inherited. When it reports a lower explicit step, the inherited
 *    values from that step up to its former `firstStep` are discarded. No value of its own is among them.
 *
 * `firstStep` is stored with the attempt, in the transaction of the report that lowered it. So the same reports give the
 * same values, in whatever order and batches a log is read, and when it is read again after a reattachment.
 */

/** The step of a reported value. `step` null: a final value. `counted`: the step is implicit. */
export type ReportedStep = { readonly step: number | null; readonly counted?: boolean | undefined };

/** What an attempt started with. `firstStep` null: it has reported no explicit step yet. */
export type Inheritance = {
  readonly firstStep: number | null;
  /** Names of the metrics of which values were kept. */
  readonly inherited: readonly string[];
};

/** Returns the explicit step of a value; null when its step is implicit or it has none. */
export function explicitStep({ step, counted }: ReportedStep): number | null {
  return counted ? null : step;
}

/** Returns the lowest explicit step of some values; null when they have none. */
export function lowestExplicitStep(points: readonly ReportedStep[]): number | null {
  let lowest: number | null = null;
  for (const point of points) {
    const step = explicitStep(point);
    if (step !== null && (lowest === null || step < lowest)) lowest = step;
  }
  return lowest;
}

/**
 * Returns the steps whose inherited values are discarded when an attempt reports this lowest explicit step: from `from` up
 * to but without `to`. `from` is its new `firstStep`. Null when nothing changes.
 */
export function reclaimedSteps(
  firstStep: number | null,
  lowest: number | null,
): { readonly from: number; readonly to: number } | null {
  if (lowest === null || (firstStep !== null && lowest >= firstStep)) return null;
  return { from: lowest, to: firstStep ?? Number.POSITIVE_INFINITY };
}

/** Returns whether a stored value of an inherited metric comes from an earlier attempt. Final values never do. */
export function isInheritedStep(step: number | null, firstStep: number | null): boolean {
  return step !== null && (firstStep === null || step < firstStep);
}

/** Returns those of a trial's stored values that come from attempts before this one. */
export function inheritedPoints<P extends { readonly name: string; readonly step: number | null }>(
  stored: readonly P[],
  { inherited, firstStep }: Inheritance,
): readonly P[] {
  return stored.filter(({ name, step }) => isInheritedStep(step, firstStep) && inherited.includes(name));
}

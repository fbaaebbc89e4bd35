import { totalViolation, violationOf } from './metric-constraints.js';
import type { MetricConstraint } from './spec.js';
import type { TrialView } from './trial.js';

/** What a trial has reported of one metric: values by ascending step, and one for the whole trial. */
export type ReportedSeries = { readonly steps: ReadonlyMap<number, number>; readonly final: number | null };

/** What pruners need of a trial beside the steps of the first objective. */
export type JudgedSteps = Pick<TrialView, 'objectiveSteps' | 'violationSteps'>;

type Judged = {
  /** The objectives, in their order. */
  readonly objectives: readonly ReportedSeries[];
  readonly constraints: readonly MetricConstraint[];
  /** The metrics of the constraints, in their order. */
  readonly constrained: readonly ReportedSeries[];
};

/** Returns whether trials are judged by more than the steps of one objective. */
export function hasJudgedSteps(spec: {
  readonly objectives: readonly unknown[];
  readonly metricConstraints: readonly unknown[];
}): boolean {
  return spec.objectives.length > 1 || spec.metricConstraints.length > 0;
}

/**
 * Returns the values of several objectives by step, and the total violation of the constraints; nothing of what a study does not
 * have. An objective that was reported once, for the whole trial, has that value at every step.
 */
export function judgedSteps({ objectives, constraints, constrained }: Judged): JudgedSteps {
  const all = [...new Set(objectives.flatMap(({ steps }) => [...steps.keys()]))].sort((a, b) => a - b);
  const everywhere = ({ steps, final }: ReportedSeries): ReadonlyMap<number, number> =>
    steps.size > 0 || final === null ? steps : new Map(all.map((step) => [step, final]));
  return {
    ...(objectives.length > 1 && { objectiveSteps: objectives.map(everywhere) }),
    ...(constraints.length > 0 && { violationSteps: violationsByStep(constraints, constrained) }),
  };
}

/** Returns the total violation from each step on at which a constrained metric was reported, by its newest values. */
function violationsByStep(
  constraints: readonly MetricConstraint[],
  series: readonly ReportedSeries[],
): ReadonlyMap<number, number> {
  const steps = new Set(series.flatMap((each) => [...each.steps.keys()]));
  // A value without a step says the same of every step.
  if (series.some(({ steps: own, final }) => own.size === 0 && final !== null)) steps.add(0);
  const newest: (number | null)[] = series.map(({ steps: own, final }) => (own.size === 0 ? final : null));
  return new Map(
    [...steps]
      .sort((a, b) => a - b)
      .map((step) => {
        for (const [k, each] of series.entries()) newest[k] = each.steps.get(step) ?? newest[k] ?? null;
        const told = constraints.flatMap((constraint, k) => {
          const value = newest[k] ?? null;
          return value === null ? [] : [violationOf(constraint, value)];
        });
        return [step, totalViolation(told)];
      }),
  );
}

/** Returns how far a trial violates the metric constraints by its reports up to a step; 0 where it does not, or nobody knows. */
export function violationAt({ violationSteps }: Pick<TrialView, 'violationSteps'>, step: number): number {
  let violation = 0;
  for (const [from, total] of violationSteps ?? []) {
    if (from > step) break;
    violation = total;
  }
  return violation;
}

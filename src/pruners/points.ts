import { violationAt } from '../core/judged-steps.js';
import { toMinimization, weaklyDominates } from '../core/objective-order.js';
import { type Losses, nonDominatedRanks } from '../core/pareto.js';
import { mean } from '../core/stats.js';
import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { numberText } from './number-text.js';
import { isAmongSpread } from './spread.js';

/** What a trial was worth at a step: a loss for each objective, and how far it violated the metric constraints. */
export type Point = { readonly losses: Losses; readonly violation: number };

/** Returns the point of a trial at a step; null where it lacks an objective there. With a NaN it is as bad as can be. */
export function pointAt(trial: TrialView, step: number, { directions }: StudyView): Point | null {
  const values = valuesAt(trial, step);
  if (values.length < directions.length || values.includes(undefined)) return null;
  const losses = values.some(Number.isNaN)
    ? directions.map(() => Number.POSITIVE_INFINITY)
    : toMinimization(values as number[], directions);
  return { losses, violation: violationAt(trial, step) };
}

/** Returns whether an objective of a trial is NaN at a step. */
export function hasNaN(trial: TrialView, step: number): boolean {
  return valuesAt(trial, step).some(Number.isNaN);
}

/** Returns the values of a trial at a step, as text for a reason. */
export function pointText(trial: TrialView, step: number, { violation }: Point): string {
  const values = valuesAt(trial, step).map((value) => numberText(value as number));
  const text = values.length === 1 ? String(values[0]) : `(${values.join(', ')})`;
  return violation > 0 ? `${text}, which violates a metric constraint,` : text;
}

const valuesAt = ({ objectiveSteps, steps }: TrialView, step: number): (number | undefined)[] =>
  objectiveSteps?.map((series) => series.get(step)) ?? [steps.get(step)];

/** Returns the first point of a trial at or beyond a step; null when there is none. */
export function firstPointFrom(trial: TrialView, step: number, view: StudyView): Point | null {
  for (const reported of trial.steps.keys()) {
    const point = reported >= step ? pointAt(trial, reported, view) : null;
    if (point !== null) return point;
  }
  return null;
}

/** Returns the last point of a trial below a step; null when there is none. */
export function lastPointBefore(trial: TrialView, step: number, view: StudyView): Point | null {
  const below = [...trial.steps.keys()].filter((reported) => reported < step);
  for (const reported of below.reverse()) {
    const point = pointAt(trial, reported, view);
    if (point !== null) return point;
  }
  return null;
}

/** Returns the mean of some points; null of none. */
export function meanPoint(points: readonly Point[]): Point | null {
  const [first] = points;
  if (first === undefined || points.length === 1) return first ?? null;
  return {
    losses: first.losses.map((_, k) => meanLoss(points.map(({ losses }) => losses[k] as number))),
    violation: mean(points.map(({ violation }) => violation)),
  };
}

/** Of losses without end in both directions there is no mean. */
function meanLoss(losses: readonly number[]): number {
  const found = mean(losses);
  return Number.isNaN(found) ? Number.POSITIVE_INFINITY : found;
}

/**
 * Returns whether a point is among the best `count` of itself and others. A point that violates the metric constraints less is
 * better. Where that is equal, one on an earlier Pareto front is better, and on one front those that spread over it best.
 * Equal points do not count against each other.
 */
export function isAmongBest(own: Point, others: readonly Point[], count: number): boolean {
  const better = others.filter(({ violation }) => violation < own.violation).length;
  const rivals = others.flatMap(({ violation, losses }) => (violation === own.violation ? [losses] : []));
  return isAmongBestLosses(own.losses, rivals, count - better);
}

const dominates = (a: Losses, b: Losses): boolean => weaklyDominates(a, b) && !weaklyDominates(b, a);

function isAmongBestLosses(own: Losses, rivals: readonly Losses[], count: number): boolean {
  if (count <= 0) return false;
  if (rivals.length < count) return true;
  if (own.length === 1)
    return rivals.filter(([loss]) => (loss as number) < (own[0] as number)).length < count;
  // Mostly this is enough, and takes less than the ranks of all.
  if (rivals.filter((losses) => dominates(losses, own)).length >= count) return false;
  if (rivals.filter((losses) => !dominates(own, losses)).length < count) return true;
  const [ownRank, ...ranks] = nonDominatedRanks([own, ...rivals]);
  const ahead = ranks.filter((rank) => rank < (ownRank as number)).length;
  const front = rivals.filter((_, k) => ranks[k] === ownRank);
  if (ahead >= count) return false;
  return ahead + front.length < count || isAmongSpread(own, front, count - ahead);
}

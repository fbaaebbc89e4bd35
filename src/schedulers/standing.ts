import { newestStep } from '../core/last-step.js';
import type { ConfigView, StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { firstPointFrom, lastPointBefore, meanPoint, type Point } from '../pruners/points.js';
import { type Ranked, rankByPoint } from '../pruners/ranking.js';
import { isPaused } from './rungs.js';

/** Returns whether a trial of the configuration has come to a step. */
export function hasReached({ trials }: Pick<ConfigView, 'trials'>, rung: number): boolean {
  return trials.some((trial) => isAt(trial, rung));
}

/**
 * Returns how good a configuration was when it reached a rung: the mean over its trials of the first point at or beyond the rung.
 * Null when no trial has reached it, or none has a value of every objective.
 */
export function pointAtRung(
  { trials }: Pick<ConfigView, 'trials'>,
  rung: number,
  view: StudyView,
): Point | null {
  // An objective that is measured less often may have its newest value below the rung.
  return meanPoint(
    trials.flatMap((trial) =>
      isAt(trial, rung)
        ? (firstPointFrom(trial, rung, view) ?? lastPointBefore(trial, rung, view) ?? [])
        : [],
    ),
  );
}

/**
 * Returns the configurations that have reached a rung with numbers, the best first (`rankByPoint`); of equal ones the older one
 * first.
 */
export function ranked(
  configs: readonly ConfigView[],
  rung: number,
  view: StudyView,
): readonly Ranked<ConfigView>[] {
  const reached = configs.flatMap((entry) => {
    const point = pointAtRung(entry, rung, view);
    return point === null || !isNumber(point) ? [] : [{ entry, point }];
  });
  return rankByPoint(reached.sort((a, b) => firstOf(a.entry) - firstOf(b.entry)));
}

/** Returns whether no objective is NaN, or as bad as it. */
export function isNumber({ losses }: Point): boolean {
  return !losses.includes(Number.POSITIVE_INFINITY);
}

/**
 * Returns the view with the objectives that paused trials are compared by. One that no paused trial has reported is known at the end
 * alone: the others decide.
 */
export function comparable<T extends StudyView>(view: T): T {
  if (view.directions.length < 2) return view;
  const paused = view.configs.flatMap(({ trials }) => trials.filter(isPaused));
  const isSeen = (k: number) => paused.some(({ objectiveSteps }) => (objectiveSteps?.[k]?.size ?? 0) > 0);
  const seen = view.directions.flatMap((_, k) => (isSeen(k) ? [k] : []));
  if (seen.length === 0 || seen.length === view.directions.length) return view;
  const only = <V>(values: readonly V[]): V[] => seen.map((k) => values[k] as V);
  const narrowed = (trial: TrialView): TrialView =>
    trial.objectiveSteps ? { ...trial, objectiveSteps: only(trial.objectiveSteps) } : trial;
  const configs = view.configs.map((config) => ({ ...config, trials: config.trials.map(narrowed) }));
  return { ...view, directions: only(view.directions), configs };
}

const isAt = ({ steps }: TrialView, rung: number): boolean => (newestStep(steps) ?? -1) >= rung;

function firstOf({ trials }: ConfigView): number {
  return trials.reduce((least, { number }) => Math.min(least, number), Number.POSITIVE_INFINITY);
}

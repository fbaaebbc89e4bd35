import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';

/** The reports of one trial as losses: lower is better, NaN and infinitely bad values are Infinity. */
export type LearningCurve = {
  readonly trial: number;
  /** Index of its configuration in the view. */
  readonly config: number;
  /** Ascending, above 0: a trainer that counts from 0 is shifted by one. */
  readonly steps: Float64Array;
  readonly losses: Float64Array;
  /** The objective of a complete trial; null otherwise. */
  readonly final: number | null;
};

export type LearningCurves = {
  /** Ascending by trial number, whatever the order of the view. */
  readonly curves: readonly LearningCurve[];
  /** The step of a full trial, shifted as the steps are. */
  readonly lastStep: number;
};

/** More curves than this teach a model little more, and cost it time. */
const MOST_CURVES = 300;

/**
 * Returns the curves of all trials with a report or a result. Failed trials are left out unless they diverged: a crash says
 * nothing about the objective. Without `maxSteps` the longest complete trial is a full one, or else the longest of all.
 */
export function readCurves(view: StudyView): LearningCurves {
  const isMaximized = view.directions[0] === 'maximize';
  const lossOf = (value: number) => {
    const loss = isMaximized ? -value : value;
    // An infinitely good value cannot be reached: it counts as the worst, as for samplers.
    return Number.isNaN(loss) || loss === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : loss;
  };
  const isBest = takesBest(view, isMaximized);
  const curves: LearningCurve[] = [];
  let first = Number.POSITIVE_INFINITY;
  view.configs.forEach((config, index) => {
    for (const trial of config.trials) {
      const losses = Float64Array.from(trial.steps.values(), lossOf);
      const final = trial.state === 'complete' && trial.values ? lossOf(trial.values[0] as number) : null;
      if (losses.length === 0 && final === null) continue;
      if (trial.state === 'fail' && losses.at(-1) !== Number.POSITIVE_INFINITY) continue;
      if (isBest) keepBest(losses);
      const steps = Float64Array.from(trial.steps.keys());
      first = Math.min(first, steps[0] ?? first);
      curves.push({ trial: trial.number, config: index, steps, losses, final });
    }
  });
  curves.sort((a, b) => a.trial - b.trial);
  const kept = thin(curves);
  if (first <= 0) for (const { steps } of kept) shift(steps, 1 - first);
  const longest = (of: readonly LearningCurve[]) =>
    of.reduce((most, { steps }) => Math.max(most, steps.at(-1) ?? 0), 0);
  const known = longest(kept.filter(({ final }) => final !== null)) || longest(kept) || 1;
  return { curves: kept, lastStep: Math.max(view.maxSteps ?? known, 1) };
}

/** Returns whether the objective is the best step of a trial rather than its last one, by the complete trials that tell. */
function takesBest(view: StudyView, isMaximized: boolean): boolean {
  let best = 0;
  let last = 0;
  for (const { trials } of view.configs) {
    for (const trial of trials) {
      if (trial.state !== 'complete' || trial.steps.size < 2) continue;
      const value = trial.values?.[0];
      const [top, end] = bestAndLast(trial, isMaximized);
      if (top === end) continue;
      if (value === top) best++;
      else if (value === end) last++;
    }
  }
  return best > last;
}

function bestAndLast({ steps }: TrialView, isMaximized: boolean): [number, number] {
  let top = Number.NaN;
  let end = Number.NaN;
  for (const value of steps.values()) {
    if (Number.isNaN(top) || (isMaximized ? value > top : value < top)) top = value;
    end = value;
  }
  return [top, end];
}

/** Returns at most `MOST_CURVES` of the curves, in their order: the third of them that ended lowest, and the newest. */
function thin(curves: readonly LearningCurve[]): readonly LearningCurve[] {
  if (curves.length <= MOST_CURVES) return curves;
  const end = ({ losses, final }: LearningCurve) => final ?? losses.at(-1) ?? Number.POSITIVE_INFINITY;
  // Infinities have no difference to sort by.
  const ascending = curves.toSorted((a, b) => (end(a) < end(b) ? -1 : end(a) > end(b) ? 1 : 0));
  const chosen = new Set(ascending.slice(0, MOST_CURVES / 3));
  for (let k = curves.length - 1; chosen.size < MOST_CURVES; k--) chosen.add(curves[k] as LearningCurve);
  return curves.filter((curve) => chosen.has(curve));
}

function shift(steps: Float64Array, by: number): void {
  for (let k = 0; k < steps.length; k++) steps[k] = (steps[k] as number) + by;
}

function keepBest(losses: Float64Array): void {
  for (let k = 1; k < losses.length; k++) losses[k] = Math.min(losses[k] as number, losses[k - 1] as number);
}

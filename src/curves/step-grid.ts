import type { LearningCurve } from './learning-curves.js';

/** The steps at which curves are modeled; between two of them a curve is a straight line over the logarithm of the step. */
export type StepGrid = {
  /** Ascending; the last one is the step of a full trial. */
  readonly knots: Float64Array;
  /** Place of each knot from 0 (the first) to 1 (the last), by the logarithm of the step. */
  readonly places: Float64Array;
};

/** One observation of a curve: the weighted sum of its values at the knots. */
export type CurvePoint = { readonly weights: Float64Array; readonly value: number };

const MOST_KNOTS = 8;
/** Reports between two knots count as at most this many observations: their noise is hardly independent. */
const BINS = 3;

/** Returns at most eight knots: all steps where there are few, else those nearest to equal ratios. */
export function makeStepGrid(curves: readonly LearningCurve[], lastStep: number): StepGrid {
  const seen = new Set<number>([lastStep]);
  for (const { steps } of curves) for (const step of steps) if (step < lastStep) seen.add(step);
  const steps = Float64Array.from(seen).sort();
  const first = steps[0] as number;
  const ratio = Math.log(lastStep / first);
  let knots = steps;
  if (steps.length > MOST_KNOTS) {
    const chosen = new Set<number>([first, lastStep]);
    for (let k = 1; k < MOST_KNOTS - 1; k++)
      chosen.add(nearest(steps, first * Math.exp((ratio * k) / (MOST_KNOTS - 1))));
    knots = Float64Array.from(chosen).sort();
  }
  return { knots, places: knots.map((step) => (ratio > 0 ? Math.log(step / first) / ratio : 1)) };
}

function nearest(ascending: Float64Array, wanted: number): number {
  return ascending.reduce((a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a));
}

/** Returns the weights of the knots in the value at a step. */
export function weightsAt({ knots }: StepGrid, step: number): Float64Array {
  const weights = new Float64Array(knots.length);
  let right = 0;
  while (right < knots.length - 1 && (knots[right] as number) < step) right++;
  const [from, to] = [knots[Math.max(0, right - 1)] as number, knots[right] as number];
  const share = to > from ? Math.log(Math.max(step, from) / from) / Math.log(to / from) : 1;
  weights[right] = Math.min(1, share);
  if (right > 0) weights[right - 1] = 1 - Math.min(1, share);
  return weights;
}

/**
 * Returns a trial's observations: its steps, those between two knots as means of up to three bins, and its objective at
 * the last knot in place of the last step. After a step that is not finite every later knot has the worst value.
 */
export function pointsOf(
  grid: StepGrid,
  { steps, losses, final }: LearningCurve,
  place: (loss: number) => number,
): CurvePoint[] {
  const { knots } = grid;
  const size = knots.length;
  const bins = new Map<number, { weights: Float64Array; value: number; count: number }>();
  const add = (key: number, weights: Float64Array, value: number) => {
    const bin = bins.get(key);
    if (!bin) bins.set(key, { weights, value, count: 1 });
    else {
      for (let k = 0; k < weights.length; k++)
        bin.weights[k] = (bin.weights[k] as number) + (weights[k] as number);
      bin.value += value;
      bin.count++;
    }
  };
  let interval = 0;
  let diverged: number | null = null;
  for (let k = 0; k < steps.length; k++) {
    const step = steps[k] as number;
    while (interval < size - 1 && (knots[interval] as number) < step) interval++;
    if (final !== null && interval === size - 1 && step >= (knots[size - 1] as number)) break;
    const loss = losses[k] as number;
    if (loss === Number.POSITIVE_INFINITY) diverged ??= step;
    else if (diverged !== null) diverged = null;
    const from = interval > 0 ? (knots[interval - 1] as number) : 0;
    const share = (step - from) / ((knots[interval] as number) - from);
    const bin = share >= 1 ? BINS : Math.min(BINS - 1, Math.floor(share * BINS));
    add(interval * (BINS + 1) + bin, weightsAt(grid, step), place(loss));
  }
  const points = [...bins.values()].map(({ weights, value, count }) => ({
    weights: weights.map((w) => w / count),
    value: value / count,
  }));
  const pinned = (knot: number, value: number) => {
    const weights = new Float64Array(size);
    weights[knot] = 1;
    points.push({ weights, value });
  };
  if (final !== null) pinned(size - 1, place(final));
  else if (diverged !== null) {
    for (let k = 0; k < size; k++)
      if ((knots[k] as number) > diverged) pinned(k, place(Number.POSITIVE_INFINITY));
  }
  return points;
}

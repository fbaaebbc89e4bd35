/** Returns the value and writes its derivatives to `gradient`; NaN or Infinity where it is undefined. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** An objective whose derivatives take longer than its value. They are computed only where the descent needs them. */
export type LazyObjective = {
  value(x: Float64Array): number;
  /** Writes the derivatives at the x of the last value, at most once. */
  differentiate(x: Float64Array, gradient: Float64Array): unknown;
};

export type Minimum = { readonly x: Float64Array; readonly value: number };

const MEMORY = 8;
const SUFFICIENT = 1e-4;

/**
 * Returns a local minimum inside a box, by projected L-BFGS: Nocedal and Wright, Numerical Optimization (2006), algorithms
 * 7.4 and 3.1, on the free coordinates (those not at a bound that the descent pushes against).
 */
export function descend(
  objective: Objective | LazyObjective,
  start: Float64Array,
  box: { readonly low: Float64Array; readonly high: Float64Array },
  limit: { readonly evaluations: number; readonly tolerance: number; readonly stride: number },
): Minimum {
  const n = start.length;
  const { low, high } = box;
  const { value: valueAt, differentiate } = typeof objective === 'function' ? eager(objective, n) : objective;
  let x = start.map((v, k) => Math.min(high[k] as number, Math.max(low[k] as number, v)));
  let gradient = new Float64Array(n);
  let value = valueAt(x);
  if (Number.isFinite(value)) differentiate(x, gradient);
  let nextX = new Float64Array(n);
  let nextGradient = new Float64Array(n);
  const direction = new Float64Array(n);
  const free = new Float64Array(n);
  const steps: Step[] = [];
  let evaluations = 1;
  while (evaluations < limit.evaluations && Number.isFinite(value)) {
    markFree(x, gradient, box, free);
    let slope = aim(direction, gradient, steps, free);
    if (!(slope < 0)) {
      // The memory belongs to another face of the box: restart with the steepest descent.
      steps.length = 0;
      slope = aim(direction, gradient, steps, free);
      if (!(slope < 0)) break;
    }
    const longest = largest(direction);
    let length = Math.min(1, (steps.length > 0 ? 1 : 0.2) * (limit.stride / longest));
    let nextValue = Number.NaN;
    let accepted = false;
    while (evaluations < limit.evaluations) {
      let gain = 0;
      for (let k = 0; k < n; k++) {
        const to = (x[k] as number) + length * (direction[k] as number);
        nextX[k] = Math.min(high[k] as number, Math.max(low[k] as number, to));
        gain += (gradient[k] as number) * ((nextX[k] as number) - (x[k] as number));
      }
      nextValue = valueAt(nextX);
      evaluations++;
      accepted = nextValue <= value + SUFFICIENT * gain;
      if (accepted || length * longest < 1e-9) break;
      // The minimum of the parabola through both values and the slope, within a tenth and a half.
      const parabola = (-0.5 * gain * length) / (nextValue - value - gain);
      length = Number.isFinite(parabola)
        ? Math.min(0.5 * length, Math.max(0.1 * length, parabola))
        : 0.1 * length;
    }
    if (!accepted) break;
    const change = value - nextValue;
    value = nextValue;
    [x, nextX] = [nextX, x];
    if (change < limit.tolerance || evaluations >= limit.evaluations) break;
    differentiate(x, nextGradient);
    remember(steps, nextX, x, gradient, nextGradient);
    [gradient, nextGradient] = [nextGradient, gradient];
  }
  return { x, value };
}

function eager(objective: Objective, n: number): LazyObjective {
  const held = new Float64Array(n);
  return {
    value: (x) => objective(x, held),
    differentiate(_, gradient) {
      gradient.set(held);
    },
  };
}

type Step = { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number };

function remember(
  steps: Step[],
  x: Float64Array,
  nextX: Float64Array,
  gradient: Float64Array,
  nextGradient: Float64Array,
): void {
  const s = difference(nextX, x);
  const y = difference(nextGradient, gradient);
  const curvature = dot(s, y);
  if (!(curvature > 1e-12 * dot(y, y))) return;
  steps.push({ s, y, rho: 1 / curvature });
  if (steps.length > MEMORY) steps.shift();
}

/** Writes 0 for each coordinate at a bound that the descent pushes against, and 1 for the others. */
function markFree(
  x: Float64Array,
  gradient: Float64Array,
  { low, high }: { readonly low: Float64Array; readonly high: Float64Array },
  free: Float64Array,
): void {
  for (let k = 0; k < x.length; k++) {
    const isBlocked =
      ((x[k] as number) <= (low[k] as number) && (gradient[k] as number) > 0) ||
      ((x[k] as number) >= (high[k] as number) && (gradient[k] as number) < 0);
    free[k] = isBlocked ? 0 : 1;
  }
}

/** Writes the quasi-Newton direction on the free coordinates, by the two-loop recursion; returns its slope. */
function aim(
  direction: Float64Array,
  gradient: Float64Array,
  steps: readonly Step[],
  free: Float64Array,
): number {
  const n = direction.length;
  for (let k = 0; k < n; k++) direction[k] = -(gradient[k] as number) * (free[k] as number);
  const alphas: number[] = [];
  for (let m = steps.length - 1; m >= 0; m--) {
    const { s, y, rho } = steps[m] as Step;
    const alpha = rho * dot(s, direction);
    alphas[m] = alpha;
    for (let k = 0; k < n; k++) direction[k] = (direction[k] as number) - alpha * (y[k] as number);
  }
  const last = steps.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let k = 0; k < n; k++) direction[k] = (direction[k] as number) * scale;
  }
  for (let m = 0; m < steps.length; m++) {
    const { s, y, rho } = steps[m] as Step;
    const beta = rho * dot(y, direction);
    for (let k = 0; k < n; k++)
      direction[k] = (direction[k] as number) + ((alphas[m] as number) - beta) * (s[k] as number);
  }
  for (let k = 0; k < n; k++) direction[k] = (direction[k] as number) * (free[k] as number);
  return dot(direction, gradient);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}

/** Returns the largest absolute value. */
function largest(a: Float64Array): number {
  let most = 0;
  for (let k = 0; k < a.length; k++) most = Math.max(most, Math.abs(a[k] as number));
  return most;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let k = 0; k < a.length; k++) out[k] = (a[k] as number) - (b[k] as number);
  return out;
}

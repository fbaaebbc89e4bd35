import type { Curves } from '../store/curves.js';
import { type Field, MISSING, placesOf } from '../store/fields.js';
import type { Scale } from '../store/scale.js';

/** At how many steps a density looks at each curve. */
const SAMPLES = 48;

/** Curves at a few steps: what the density is made of. */
export type SampledCurves = {
  readonly steps: readonly number[];
  /** By sampled step: the place of each curve; MISSING before its first and after its last step. */
  readonly places: readonly Uint16Array[];
};

/** The values of all curves as one field, so that their axis is chosen like every other. */
export function curveField(curves: Curves, objective: Field): Field {
  return { ...objective, key: 'curve', values: curves.values, parameter: null, typical: null };
}

/** Returns the lowest and the highest step of all curves. */
export function stepRange({ steps }: Curves): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let p = 0; p < steps.length; p++) {
    const step = steps[p] as number;
    if (step < low) low = step;
    if (step > high) high = step;
  }
  return low > high ? [0, 1] : [low, high];
}

/** Returns all curves at evenly chosen steps, with straight lines between the reports. */
export function sampleCurves(curves: Curves, field: Field, scale: Scale): SampledCurves {
  const [low, high] = stepRange(curves);
  const whole = Number.isInteger(low) && high - low < SAMPLES;
  const count = whole ? high - low + 1 : SAMPLES;
  const at = Array.from(
    { length: Math.max(2, count) },
    (_, k) => low + (k / Math.max(1, count - 1)) * (high - low),
  );
  const points = placesOf(field, scale, curves.values.length);
  const places = at.map(() => new Uint16Array(curves.trials.length).fill(MISSING));
  for (let c = 0; c < curves.trials.length; c++) {
    let p = curves.offsets[c] as number;
    const end = curves.offsets[c + 1] as number;
    for (let k = 0; k < at.length; k++) {
      const step = at[k] as number;
      while (p + 1 < end && (curves.steps[p + 1] as number) <= step) p++;
      if (p >= end || (curves.steps[p] as number) > step) continue;
      (places[k] as Uint16Array)[c] = between(curves, points, p, end, step);
    }
  }
  return { steps: at, places };
}

function between(curves: Curves, points: Uint16Array, p: number, end: number, step: number): number {
  const [from, place] = [curves.steps[p] as number, points[p] as number];
  if (from === step) return place;
  if (p + 1 >= end || place === MISSING || points[p + 1] === MISSING) return MISSING;
  const share = (step - from) / ((curves.steps[p + 1] as number) - from);
  return Math.round(place + ((points[p + 1] as number) - place) * share);
}

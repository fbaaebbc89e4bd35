import {
  densityAt,
  indexAt,
  massesOf,
  quantileAt,
  type RangePrior,
  shapeOf,
} from '../../core/prior-density.js';
import { ageOf } from '../../core/prior-draw.js';
import type { Rng } from '../../core/rng.js';
import type { ParamSpec } from '../../core/space.js';
import type { Axis } from './axis.js';

/** Weight of the beliefs when they are new, where an observation weighs 1 on average, and when it is half as large. */
export const FIRST_WEIGHT = 4;
export const HALVED_AT = 10;

type Part =
  | { readonly kind: 'line'; readonly shape: RangePrior | null }
  | { readonly kind: 'level'; readonly masses: readonly number[] };

/** A density over a group's parameters: the product of their priors, uniform where a parameter has none. */
export class Belief {
  /** Where an observation weighs 1 on average. It falls with the number of configurations. */
  readonly weight: number;
  readonly #parts: readonly Part[];

  constructor(weight: number, parts: readonly Part[]) {
    this.weight = weight;
    this.#parts = parts;
  }

  /** Draws a point into `out`, from the place `start` on. */
  draw(noise: Rng, out: Float64Array, start: number): void {
    this.#parts.forEach((part, column) => {
      const share = noise.float();
      if (part.kind === 'line') out[start + column] = part.shape ? quantileAt(part.shape, share) : share;
      else out[start + column] = indexAt(part.masses, share);
    });
  }

  /** Returns the logarithm of the density at the point that starts at the place `start`. */
  logDensity(points: Float64Array, start: number): number {
    return this.#parts.reduce((sum, part, column) => {
      const at = points[start + column] as number;
      if (part.kind === 'level') return sum + Math.log(part.masses[at] as number);
      return part.shape ? sum + Math.log(densityAt(part.shape, at)) : sum;
    }, 0);
  }
}

/** Returns the beliefs about a group's parameters; null where none of them has a prior. */
export function beliefOf(axes: readonly Axis[], specs: readonly ParamSpec[], index: number): Belief | null {
  const priors = specs.flatMap(({ prior }) => prior ?? []);
  if (priors.length === 0) return null;
  const youngest = priors.reduce(
    (least, prior) => Math.min(least, ageOf(prior, index)),
    Number.POSITIVE_INFINITY,
  );
  const parts = axes.map((axis, k) => partOf(axis, specs[k] as ParamSpec));
  return new Belief((FIRST_WEIGHT * HALVED_AT) / (HALVED_AT + youngest), parts);
}

function partOf(axis: Axis, { distribution, prior }: ParamSpec): Part {
  const shape = prior ? shapeOf(distribution, prior) : null;
  if (axis.kind === 'line') return { kind: 'line', shape: shape?.kind === 'range' ? shape : null };
  const values = Array.from({ length: axis.size }, (_, level) => axis.decode(level));
  const masses = shape ? massesOf(distribution, shape, values) : values.map(() => 1 / axis.size);
  return { kind: 'level', masses };
}

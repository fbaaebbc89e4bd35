import type { Distribution, ParamValue } from './distribution.js';
import { nearest } from './distribution.js';
import { drawUniform } from './draw.js';
import type { Prior } from './prior.js';
import { indexAt, type PriorShape, quantileAt, shapeOf } from './prior-density.js';
import type { Rng } from './rng.js';
import type { ParamSpec, Space } from './space.js';

/** Share of the draws that come from a prior when it is new. */
const FIRST_SHARE = 0.8;
/** After this many configurations the share is half as large. */
const HALVED_AT = 20;

/** Returns how many configurations came since a prior was given; `index`: the number of the configuration to propose. */
export function ageOf({ since }: Prior, index: number): number {
  return Math.max(0, index - since);
}

/** Returns the share of draws that come from a prior: it decays with the number of configurations, so that a wrong one costs little. */
export function shareOf(prior: Prior, index: number): number {
  return (FIRST_SHARE * HALVED_AT) / (HALVED_AT + ageOf(prior, index));
}

export function hasPriors(space: Space): boolean {
  return space.params.some(({ prior }) => prior !== undefined);
}

export type PriorDraw = {
  /** The number of the configuration to propose. */
  readonly index: number;
  readonly rng: Rng;
  /** In [0, 1): parameters whose share is larger are drawn from their priors, all others uniformly. */
  readonly coin: number;
};

/**
 * Returns what draws the values of one point: from the priors, or uniformly. All parameters use one coin, so that many points have all of their
 * values from the priors. Without priors it takes no random number beside those of uniform draws.
 */
export function drawing(
  space: Space,
  { index, rng }: Pick<PriorDraw, 'index' | 'rng'>,
): (spec: ParamSpec) => ParamValue {
  const coin = hasPriors(space) ? rng.float() : 1;
  return (spec) => drawValue(spec, { index, rng, coin });
}

/** Returns a value drawn from the prior or uniformly, as the coin decides. */
export function drawValue({ distribution, prior }: ParamSpec, { index, rng, coin }: PriorDraw): ParamValue {
  const shape = prior !== undefined && coin < shareOf(prior, index) ? shapeOf(distribution, prior) : null;
  return shape === null ? drawUniform(distribution, rng) : drawFrom(distribution, shape, rng);
}

function drawFrom(d: Distribution, shape: PriorShape, rng: Rng): ParamValue {
  if (d.kind !== 'categorical') {
    return shape.kind === 'range' ? valueAtPlace(d, quantileAt(shape, rng.float())) : drawUniform(d, rng);
  }
  return shape.kind === 'choice'
    ? (d.choices[indexAt(shape.masses, rng.float())] as ParamValue)
    : drawUniform(d, rng);
}

function valueAtPlace(d: Exclude<Distribution, { kind: 'categorical' }>, place: number): number {
  if (!d.log) return nearest(d, d.low + place * (d.high - d.low));
  return nearest(d, Math.exp(Math.log(d.low) + place * (Math.log(d.high) - Math.log(d.low))));
}

/** Returns the value that a prior holds for the best; null without a prior. */
export function likeliest({ distribution: d, prior }: ParamSpec): ParamValue | null {
  if (prior === undefined) return null;
  const { at } = prior;
  if (d.kind !== 'categorical') return typeof at === 'number' ? nearest(d, at) : null;
  if (typeof at === 'number' || at.length !== d.choices.length) return null;
  return d.choices[at.indexOf(at.reduce((a, b) => Math.max(a, b)))] ?? null;
}

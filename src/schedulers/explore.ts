import { settle } from '../core/allowed/place.js';
import { type Distribution, inOrder, nearest, type Params, type ParamValue } from '../core/distribution.js';
import { drawing } from '../core/prior-draw.js';
import type { Rng } from '../core/rng.js';
import { makeRng } from '../core/rng.js';
import { paramsKey, type Resolved, resolve, type Space } from '../core/space.js';

/** How much a value changes at most, as a part of its range, and at least on a linear range: a value of 0 moves too. */
const LARGEST_PART = 0.2;
const SMALLEST_PART = 0.02;
/** After this many tries near the parent's point, points of the whole space are drawn. */
const NEAR_TRIES = 50;
const TRIES = 1000;
/** Points that constraints may forbid before the others move to the nearest that they allow. */
const FREE_TRIES = 10;

export type Exploring = {
  readonly space: Space;
  /** Of the trial whose checkpoint is continued. */
  readonly params: Params;
  readonly resampleProbability: number;
  readonly isTried: (key: string) => boolean;
  /** Configurations that the study has. */
  readonly index: number;
  /** The seed of the study, and what tells this exploration from all others. */
  readonly seed: number;
  readonly labels: readonly number[];
};

/**
 * Returns a new and allowed point near another one (Jaderberg et al., arXiv 1711.09846): each value times 0.8 or 1.2, or drawn
 * again, from its prior where it has one. Null when none is found.
 */
export function explore({
  space,
  params,
  resampleProbability,
  isTried,
  index,
  seed,
  labels,
}: Exploring): Resolved | null {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const rng = makeRng(seed, 'pbt', ...labels, attempt);
    const draw = drawing(space, { index, rng });
    const place = attempt < FREE_TRIES ? resolve : settle;
    const resolved = place(space, (spec) => {
      const { name, distribution } = spec;
      const value = Object.hasOwn(params, name) ? params[name] : undefined;
      const isDrawn = attempt >= NEAR_TRIES || rng.float() < resampleProbability;
      return value === undefined || isDrawn || isGone(distribution, value)
        ? draw(spec)
        : perturb(distribution, value, rng);
    });
    if (!resolved.forbidden && !isTried(paramsKey(resolved.given))) return resolved;
  }
  return null;
}

/** Whether a choice is one no more: the list of the study has changed. */
function isGone(distribution: Distribution, value: ParamValue): boolean {
  return distribution.kind === 'categorical' && !distribution.choices.includes(value);
}

/**
 * Returns a value a little above or below another one: times 1.2 or 0.8, but no further than a fifth of the range, and on a
 * linear range no less than a fiftieth of it. Whole numbers and ordered choices move by one at least. Other choices stay.
 */
export function perturb(distribution: Distribution, value: ParamValue, rng: Rng): ParamValue {
  const up = rng.float() < 0.5;
  if (distribution.kind === 'categorical') return neighbor(distribution, value, up);
  if (typeof value !== 'number') return value;
  const { low, high, log } = distribution;
  const wanted = log ? scaled(value, up, Math.log(high / low)) : moved(value, up, high - low);
  const found = nearest(distribution, wanted);
  if (found !== value || latticeOf(distribution) === null) return found;
  return nearest(distribution, value + (up ? 1 : -1) * (latticeOf(distribution) as number));
}

function scaled(value: number, up: boolean, range: number): number {
  const factor = Math.log(up ? 1.2 : 0.8);
  const most = LARGEST_PART * range;
  return value * Math.exp(Math.min(most, Math.max(-most, factor)));
}

function moved(value: number, up: boolean, range: number): number {
  const by = Math.min(LARGEST_PART * range, Math.max(SMALLEST_PART * range, LARGEST_PART * Math.abs(value)));
  return value + (up ? by : -by);
}

/** The distance of two values; null where they are continuous. */
function latticeOf(distribution: Exclude<Distribution, { readonly kind: 'categorical' }>): number | null {
  return distribution.kind === 'int' || distribution.step !== null ? distribution.step : null;
}

/** The next choice in their order; at an end the one beside it. */
function neighbor(
  distribution: Extract<Distribution, { readonly kind: 'categorical' }>,
  value: ParamValue,
  up: boolean,
): ParamValue {
  const ascending = inOrder(distribution);
  const at = ascending.indexOf(value);
  if (!distribution.ordered || at < 0 || ascending.length < 2) return value;
  const next = at + (up ? 1 : -1);
  const inside = next < 0 ? 1 : next >= ascending.length ? ascending.length - 2 : next;
  const found = ascending[inside];
  return found === undefined ? value : found;
}

import { atQuantile, drawAllowed, isRestricted, pointAt, settle } from '../core/allowed/place.js';
import type { ParamValue } from '../core/distribution.js';
import { ageOf, drawing, drawValue, likeliest } from '../core/prior-draw.js';
import { makeRng, type Rng, shuffled } from '../core/rng.js';
import { type ParamSpec, paramsKey, type Resolved, resolve, type Space } from '../core/space.js';
import type { StudyView } from '../core/study-view.js';
import { triedKeys } from './tried.js';

/** Returns an allowed point, drawn uniformly, parameter by parameter. */
export function drawAnywhere(space: Space, rng: Rng): Resolved {
  return drawAllowed(space, rng);
}

/** Draws from priors of which one may be allowed, before one that is not moves to the nearest allowed point. */
const LIKELY_TRIES = 8;

/** Returns an allowed point drawn from the priors of the space, or uniformly: the more often the older the priors are. */
export function drawLikely(space: Space, at: { readonly index: number; readonly rng: Rng }): Resolved {
  if (!isRestricted(space)) return resolve(space, drawing(space, at));
  if (space.params.every(({ prior }) => prior === undefined)) return drawAllowed(space, at.rng);
  for (let k = 0; k < LIKELY_TRIES; k++) {
    const point = resolve(space, drawing(space, at));
    if (!point.forbidden) return point;
  }
  return settle(space, drawing(space, at));
}

/** Steps of this size, modulo 1, fill [0, 1] evenly (the golden ratio). */
const EVEN_STEP = 0.618033988749895;

/** Returns a value at a quantile, of the prior for the first points and uniformly for the others; a new prior's own value comes first. */
function startupValue(spec: ParamSpec, index: number, quantile: number): ParamValue {
  const isFirst = spec.prior !== undefined && ageOf(spec.prior, index) === 0;
  const own = isFirst ? likeliest(spec) : null;
  return own ?? drawValue(spec, { index, rng: atQuantile(quantile), coin: (index * EVEN_STEP) % 1 });
}

/**
 * Returns point `index` of `count` in a latin hypercube over the first points of a study: each parameter's range is cut
 * into `count` equal shares and every share is used once (McKay, Beckman and Conover, Technometrics 21(2), 1979). A
 * forbidden point becomes the one with the same shares of what the constraints leave. Uniform beyond `count`, and where the point is
 * already tried. With priors, most of the first points have quantiles of these in place of even shares.
 */
export function drawStartup(
  space: Space,
  view: StudyView,
  { index, count, rng }: { index: number; count: number; rng: Rng },
): Resolved {
  if (index < 0 || index >= count) return drawLikely(space, { index, rng });
  const shares = makeRng(view.seed, 'startup');
  const places = new Map(
    space.params.map(({ name }) => [
      name,
      ((shuffled(count, shares)[index] as number) + shares.float()) / count,
    ]),
  );
  const wish = resolve(space, (spec) => startupValue(spec, index, places.get(spec.name) as number));
  const point = wish.forbidden ? pointAt(space, ({ name }) => places.get(name) as number) : wish;
  const isUsable = !point.forbidden && !triedKeys(view).has(paramsKey(point.given));
  return isUsable ? point : drawLikely(space, { index, rng });
}

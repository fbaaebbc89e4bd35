import { isRestricted, settle } from '../../core/allowed/place.js';
import type { OptionValues } from '../../core/component-options.js';
import type { Params, ParamValue } from '../../core/distribution.js';
import { drawUniform } from '../../core/draw.js';
import { areNear } from '../../core/nearness.js';
import type { Rng } from '../../core/rng.js';
import { paramsKey, type Resolved, resolve, type Space } from '../../core/space.js';
import { batchMates, type ConfigView } from '../../core/study-view.js';
import { drawAnywhere } from '../initial-design.js';
import type { Sampler } from '../sampler.js';
import { triedKeys } from '../tried.js';
import { drawChoice } from './choices.js';
import { toAttrs } from './generation-attrs.js';
import { Generations } from './generations.js';
import type { Plan, Search } from './search.js';
import { pointAt, type Strategy } from './strategy.js';

/** Draws of points that are taken before the next ones spread wider, and the limit of all draws. */
const HELD_TRIES = 10;
const ALL_TRIES = 60;
/** Draws that constraints may forbid before the others move to the nearest points that they allow. */
const FREE_TRIES = 5;
/** How many of a batch, from its end, tell whether constraints leave room to keep apart. */
const NEWEST = 8;
/** Draws until a point lies in the cube; after that its coordinates are clipped to the bounds. */
const TRIES = 30;

/**
 * CMA-ES (N. Hansen, The CMA evolution strategy: a tutorial, arXiv 1604.00772, 2016) with negative weights, a margin for
 * discrete parameters (Hamano et al., GECCO 2022) and restarts with growing populations (Auger and Hansen, CEC 2005).
 * Unordered choices have probabilities that move towards the choices of the better half. For budgets of hundreds of
 * trials and more.
 *
 * All state is in the view. Each configuration carries its generation and its point. The first of a generation lists
 * the configurations of the generation before. Replaying them restores the strategy; what was replayed is kept from one
 * proposal to the next. Asked while results are missing, the sampler draws more points from the current distribution. Those
 * that were drawn and reported together are one generation; a result that arrives after its generation was closed counts in
 * the next one. The search starts at the best configuration that the study already has, else in the middle.
 */
export function makeCmaes(options: OptionValues): Sampler {
  const o = options as { sigma: number; population: number };
  const known = new WeakMap<Space, Generations>();
  return {
    sample(space, view, { rng }) {
      let generations = known.get(space);
      if (!generations) {
        generations = new Generations(space, o);
        known.set(space, generations);
      }
      const { search, opening } = generations.read(view);
      const { plan } = generations;
      const restricted = isRestricted(space);
      const held = plan.finite || restricted ? triedKeys(view) : null;
      const mates = batchMates(view);
      const isHeld = ({ given }: Resolved) => held?.has(paramsKey(given)) ?? false;
      const isNear = ({ params }: Resolved) => mates.some((mate) => areNear(space, params, mate.params));
      const made = (x: Float64Array, params: Params) => {
        return { params, attrs: toAttrs({ ...opening, x: [...x], space: plan.mark }) };
      };
      // Where the distribution has shrunk to points that are all taken, the next draws lie around them.
      for (let k = 1, width = 1, last = ALL_TRIES, near: Drawn | null = null; ; k++) {
        const x = drawPoint(search.strategy, width, rng);
        const isMoved = k >= FREE_TRIES;
        const point = toParams(space, plan, { search, isMoved }, x, rng);
        if (!isMoved && point.forbidden) continue;
        const found = { x: isMoved ? moved(x, plan, point) : x, point };
        const isNew = !isHeld(point);
        if (isNew && !isNear(point)) return made(found.x, point.params);
        if (isNew) near ??= found;
        if (k === HELD_TRIES && restricted && isCrowded(space, mates)) last = HELD_TRIES;
        if (k >= last) {
          const usable = restricted ? (near ?? drawNew(space, plan, found, isHeld, rng)) : found;
          return made(usable.x, usable.point.params);
        }
        if (k >= HELD_TRIES) width *= 1.2;
      }
    },
  };
}

/** A point of the cube and its configuration. */
type Drawn = { readonly x: Float64Array; readonly point: Resolved };

/** Whether one of the last of a batch is near another of it: constraints leave no room to keep apart, and no tries find any. */
function isCrowded(space: Space, mates: readonly ConfigView[]): boolean {
  return mates
    .slice(-NEWEST)
    .some((one) => mates.some((other) => other !== one && areNear(space, one.params, other.params)));
}

/** Returns an allowed point drawn anywhere that is not yet tried; the last one drawn where all are tried. */
function drawNew(
  space: Space,
  plan: Plan,
  last: Drawn,
  isHeld: (point: Resolved) => boolean,
  rng: Rng,
): Drawn {
  for (let k = 0; k < HELD_TRIES; k++) {
    const point = drawAnywhere(space, rng);
    if (!point.forbidden && !isHeld(point)) return { x: moved(last.x, plan, point), point };
  }
  return last;
}

function toParams(
  space: Space,
  plan: Plan,
  { search: { chances }, isMoved }: { readonly search: Search; readonly isMoved: boolean },
  x: Float64Array,
  rng: Rng,
): Resolved {
  const place = isMoved ? settle : resolve;
  return place(space, ({ name, distribution }) => {
    const at = plan.places.get(name);
    if (at !== undefined) return plan.coordinates[at]?.decode(x[at] as number) as ParamValue;
    const among = chances[name];
    return among && distribution.kind === 'categorical'
      ? drawChoice(distribution.choices, among, rng)
      : drawUniform(distribution, rng);
  });
}

/** Returns the coordinates with those of values that constraints have moved. */
function moved(x: Float64Array, { places, coordinates }: Plan, { params }: Resolved): Float64Array {
  const to = x.slice();
  for (const [name, value] of Object.entries(params)) {
    const at = places.get(name);
    const coordinate = at === undefined ? undefined : coordinates[at];
    if (at === undefined || !coordinate || coordinate.decode(x[at] as number) === value) continue;
    to[at] = Math.min(1, Math.max(0, coordinate.encode(value)));
  }
  return to;
}

function drawPoint(strategy: Strategy, width: number, rng: Rng): Float64Array {
  const { n } = strategy.constants;
  for (let k = 1; ; k++) {
    const x = pointAt(
      strategy,
      Float64Array.from({ length: n }, () => width * rng.normal()),
    );
    if (x.every((u) => u >= 0 && u <= 1)) return x;
    if (k === TRIES) return x.map((u) => Math.min(1, Math.max(0, u)));
  }
}

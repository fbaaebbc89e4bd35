import { atQuantile, pointAt } from '../../core/allowed/place.js';
import type { OptionValues } from '../../core/component-options.js';
import { drawUniform } from '../../core/draw.js';
import { type ParamSpec, paramsKey, type Resolved, resolve, type Space } from '../../core/space.js';
import { drawAnywhere } from '../initial-design.js';
import type { Sampler } from '../sampler.js';
import { triedKeys } from '../tried.js';
import { makeSobol, type Sequence } from './sobol.js';

/** Points considered before an ordinary draw replaces them: a space of few points may be nearly used up. */
const WALK_LIMIT = 1000;
/** Forbidden points skipped before points are moved to where constraints allow them. */
const SKIP_LIMIT = 32;

/**
 * Quasi-random search (Bousquet et al., Critical hyper-parameters: no random, no cry, 2017): points of a scrambled
 * Sobol' sequence, which fill the space more evenly than random draws. Index i takes point i and skips points that are
 * forbidden or that a configuration already has; a failed one counts as tried. Where constraints leave little, the coordinates of
 * a point are shares of what they leave. Each parameter has its own dimension,
 * used where it is active.
 */
export function makeQmc({ scramble }: OptionValues): Sampler {
  return {
    sample(space, view, { index, rng }) {
      const sequence = sequenceOf(space, scramble ? view.seed : null);
      const held = triedKeys(view);
      let skipped = 0;
      for (let k = 0; k < WALK_LIMIT; k++) {
        const { params, given, forbidden } = pointOf(space, sequence.point(index + k));
        if (!forbidden && !held.has(paramsKey(given))) return { params };
        if (forbidden && ++skipped > SKIP_LIMIT) break;
      }
      for (let k = 0; skipped > SKIP_LIMIT && k < SKIP_LIMIT; k++) {
        const { params, given, forbidden } = pointWithin(space, sequence.point(index + k));
        if (!forbidden && !held.has(paramsKey(given))) return { params };
      }
      return { params: drawAnywhere(space, rng).params };
    },
  };
}

const places = new WeakMap<Space, ReadonlyMap<ParamSpec, number>>();

function placesOf(space: Space): ReadonlyMap<ParamSpec, number> {
  let place = places.get(space);
  if (!place) {
    place = new Map(space.params.map((spec, k) => [spec, k]));
    places.set(space, place);
  }
  return place;
}

function pointOf(space: Space, coordinates: readonly number[]): Resolved {
  const place = placesOf(space);
  // A uniform draw whose only random number is the coordinate.
  return resolve(space, (spec) =>
    drawUniform(spec.distribution, atQuantile(coordinates[place.get(spec) as number] as number)),
  );
}

/** The coordinates as shares of what constraints leave. */
function pointWithin(space: Space, coordinates: readonly number[]): Resolved {
  const place = placesOf(space);
  return pointAt(space, (spec) => coordinates[place.get(spec) as number] as number);
}

const sequences = new WeakMap<Space, { readonly seed: number | null; readonly sequence: Sequence }>();

function sequenceOf(space: Space, seed: number | null): Sequence {
  let known = sequences.get(space);
  if (known?.seed !== seed || !known) {
    known = { seed, sequence: makeSobol(space.params.length, seed) };
    sequences.set(space, known);
  }
  return known.sequence;
}

import {
  cardinality,
  contains,
  type Distribution,
  type Params,
  type ParamValue,
} from '../../core/distribution.js';
import type { Rng } from '../../core/rng.js';
import type { Space } from '../../core/space.js';
import { type Coordinate, makeCoordinate } from '../coordinate.js';
import { crossNumbers, mutateNumber } from './variation.js';

/** One parameter, as a child inherits it from its parents. */
export type Gene = {
  /** Returns the parent's value; undefined when it has none, or one outside the space. */
  of(params: Params): ParamValue | undefined;
  cross(a: ParamValue, b: ParamValue, rng: Rng): ParamValue;
  /** Returns another value, unless there is only one. */
  mutate(value: ParamValue, rng: Rng): ParamValue;
};

/** Share of a crossed child's numbers that come unchanged from one of the parents. */
const EXCHANGED = 0.5;

export type Genes = {
  readonly byName: ReadonlyMap<string, Gene>;
  /** Parameters with more than one value. */
  readonly free: number;
};

export function makeGenes(space: Space): Genes {
  const genes = space.params.map(({ name, distribution }) => [name, makeGene(name, distribution)] as const);
  const free = space.params.filter(({ distribution }) => cardinality(distribution) > 1);
  return { byName: new Map(genes), free: free.length };
}

function makeGene(name: string, distribution: Distribution): Gene {
  const coordinate = makeCoordinate(distribution);
  return {
    of(params) {
      const value = Object.hasOwn(params, name) ? params[name] : undefined;
      return value !== undefined && contains(distribution, value) ? value : undefined;
    },
    cross(a, b, rng) {
      if (!coordinate || rng.float() < EXCHANGED) return rng.float() < 0.5 ? a : b;
      return coordinate.decode(crossNumbers(coordinate.encode(a), coordinate.encode(b), rng));
    },
    mutate: (value, rng) =>
      coordinate ? mutateOn(coordinate, value, rng) : otherChoice(distribution, value, rng),
  };
}

/** Returns the value after a small step on the unit scale; where rounding would undo the step, the neighbor in its direction. */
function mutateOn(coordinate: Coordinate, value: ParamValue, rng: Rng): ParamValue {
  const from = coordinate.encode(value);
  const to = mutateNumber(from, rng);
  const moved = coordinate.decode(to);
  const cell = coordinate.cell?.(from);
  if (moved !== value || !cell) return moved;
  const [low, high] = cell;
  // Less than half of the narrowest neighbor, so that no value is skipped.
  const beyond = (high - low) / 4;
  const up = low - beyond < 0 || (to > from && high + beyond <= 1);
  return coordinate.decode(up ? high + beyond : low - beyond);
}

function otherChoice(distribution: Distribution, value: ParamValue, rng: Rng): ParamValue {
  if (distribution.kind !== 'categorical' || distribution.choices.length === 1) return value;
  const others = distribution.choices.filter((choice) => choice !== value);
  return others[rng.int(others.length)] as ParamValue;
}

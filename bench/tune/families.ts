import { float, type Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, type ParamSpec } from '../../src/core/space.js';
import type { Family } from './family.js';
import { branches, choices, lattice, training } from './mixed.js';
import {
  ackley,
  bumps,
  corner,
  ellipsoid,
  griewank,
  importance,
  levy,
  pairs,
  rastrigin,
  type Shape,
  sharp,
  sphere,
  steps,
  valley,
  wells,
} from './shapes.js';

/**
 * Families of problems for choosing a sampler's constants. A seed determines an instance: the position of the optimum,
 * the rotation and scale of the axes, the good choice. So no constant can fit one position, and none of these is a
 * problem that samplers are compared on.
 */
/** Optuna's figures in `data` use seeds from here on; 20 of them. */
export const FIRST_REFERENCE_SEED = 5000;

/** Returns a family of d floats in [-1, 1]; the shape gets the distance from an optimum somewhere in the middle 80 %. */
function floats(name: string, d: number, shape: Shape, noise = 0): Family {
  return {
    name: `${name} ${d}d`,
    make(seed) {
      const rng = makeRng(seed, 'family', name, d);
      const optimum = Float64Array.from({ length: d }, () => 1.6 * rng.float() - 0.8);
      const f = shape(optimum, rng);
      const space = makeSpace(
        Array.from({ length: d }, (_, k): ParamSpec => ({ name: `x${k}`, distribution: float(-1, 1) })),
      );
      const value = (params: Params) =>
        f(Float64Array.from(optimum, (o, k) => (params[`x${k}`] as number) - o));
      return { name, kind: name, space, value, noise, outliers: 0 };
    },
  };
}

export const families: readonly Family[] = [
  floats('sphere', 3, sphere),
  floats('sphere', 12, sphere),
  floats('ellipsoid', 8, ellipsoid(false)),
  floats('turned ellipsoid', 4, ellipsoid(true)),
  floats('turned ellipsoid', 8, ellipsoid(true)),
  floats('importance', 10, importance),
  floats('valley', 3, valley),
  floats('valley', 7, valley),
  floats('rastrigin', 4, rastrigin),
  floats('ackley', 5, ackley),
  floats('ackley', 12, ackley),
  floats('griewank', 5, griewank),
  floats('levy', 6, levy),
  floats('wells', 4, wells),
  floats('bumps', 2, bumps(4)),
  floats('bumps', 4, bumps(4)),
  floats('many bumps', 6, bumps(6)),
  floats('steps', 6, steps),
  floats('sharp', 5, sharp),
  floats('corner', 8, corner),
  floats('pairs', 10, pairs),
  floats('sphere', 30, sphere),
  floats('noisy sphere', 5, sphere, 0.1),
  floats('noisy bumps', 3, bumps(3), 0.15),
  training('training', 0),
  training('noisy training', 0.03),
  branches('branches 3', 3),
  branches('branches 6', 6),
  lattice(6, 15),
  lattice(12, 4),
  choices(6, 4),
  choices(12, 3),
];

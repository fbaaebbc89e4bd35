import type { Params } from '../../src/core/distribution.js';
import { makeRng, type Rng } from '../../src/core/rng.js';
import { makeSpace, type ParamSpec } from '../../src/core/space.js';
import type { Family } from '../tune/family.js';

type Made = { readonly specs: readonly ParamSpec[]; readonly value: (p: Params) => number };

export function table(name: string, make: (rng: Rng) => Made): Family {
  return {
    name,
    make(seed) {
      const { specs, value } = make(makeRng(seed, 'family', name));
      return { name, kind: name, space: makeSpace(specs), value, noise: 0, outliers: 0 };
    },
  };
}

export const between = (rng: Rng, low: number, high: number) => low + (high - low) * rng.float();
export const list = (n: number, each: (k: number) => number) => Array.from({ length: n }, (_, k) => each(k));
export const rounded = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;

/** A normal variable that belongs to a cell: the sum of four hashed numbers. */
export function luckOf(at: readonly number[], salt: number): number {
  let hash = salt | 0;
  let sum = 0;
  for (let round = 0; round < 4; round++) {
    for (const level of at) hash = Math.imul(hash ^ (level + 0x9e3779b9 + round), 0x85ebca6b) ^ (hash >>> 13);
    sum += ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 - 0.5;
  }
  return sum * Math.sqrt(3);
}

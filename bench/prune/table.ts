import { readFileSync } from 'node:fs';
import { makeRng, shuffled } from '../../src/core/rng.js';
import type { Family } from './curves.js';

type Table = { readonly about: string; readonly curves: readonly (readonly (number | null)[])[] };

/** Returns real learning curves, measured once (see `collect-mnist.ts`); the seed determines the order of the trials. */
export function realCurves(): Family {
  const file = new URL('./data/mnist.json', import.meta.url);
  const { about, curves } = JSON.parse(readFileSync(file, 'utf8')) as Table;
  const losses = curves.map((curve) => curve.map((loss) => loss ?? Number.NaN));
  return {
    name: 'MNIST',
    text: about.replace(/\.$/, ''),
    epochs: losses[0]?.length ?? 0,
    configurations: losses.length,
    draw(seed, configuration) {
      const curve = losses[
        shuffled(losses.length, makeRng(seed, 'order'))[configuration] as number
      ] as readonly number[];
      const last = curve.at(-1) as number;
      return { losses: [...curve], truth: Number.isNaN(last) ? Number.POSITIVE_INFINITY : last };
    },
  };
}

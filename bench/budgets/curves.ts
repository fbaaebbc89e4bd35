import { categorical, float, int, type Params, type ParamValue } from '../../src/core/distribution.js';
import { makeRng, type Rng } from '../../src/core/rng.js';
import { makeSpace, type ParamSpec, paramsKey } from '../../src/core/space.js';
import type { Family } from './table.js';

/** What the final loss of the best configuration of every synthetic family is close to. */
export const FLOOR = 0.08;

/** A training: its loss without noise after a share of the whole, and the noise of one report there. */
export type Training = {
  readonly loss: (share: number) => number;
  readonly noise: (share: number) => number;
  /** The share of the training after which it has diverged; infinite when it does not. */
  readonly divergesAfter: number;
};

type Instance = {
  readonly specs: readonly ParamSpec[];
  readonly train: (params: Params, rng: Rng) => Training;
};

/**
 * Returns a family whose seeds place the optimum. The same configuration has the same curve: its noise is drawn from the
 * seed and the configuration.
 */
export function synthetic(
  { name, text, epochs }: Pick<Family, 'name' | 'text' | 'epochs'>,
  instance: (rng: Rng) => Instance,
): Family {
  return {
    name: `${name}, ${epochs} epochs`,
    text,
    epochs,
    make(seed) {
      const { specs, train } = instance(makeRng(seed, 'instance', name));
      const losses = (params: Params) => {
        const rng = makeRng(seed, 'curve', name, epochs, paramsKey(params));
        const training = train(params, rng);
        return Array.from({ length: epochs }, (_, t) => {
          const share = (t + 1) / epochs;
          const loss = training.loss(share) + training.noise(share) * rng.normal();
          return share > training.divergesAfter ? Number.NaN : Math.max(0.01, loss);
        });
      };
      return { space: makeSpace(specs), epochs, losses };
    },
  };
}

export const between = (rng: Rng, low: number, high: number): number => low + (high - low) * rng.float();
export const square = (x: number): number => x * x;
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** A smooth max(0, x). */
export const softplus = (x: number): number => (x > 30 ? x : Math.log1p(Math.exp(x)));

export const log10Of = (value: ParamValue | undefined): number => Math.log10(value as number);
export const log2Of = (value: ParamValue | undefined): number => Math.log2(value as number);

export const logFloat = (name: string, low: number, high: number): ParamSpec => ({
  name,
  distribution: float(low, high, { log: true }),
});
export const plainFloat = (name: string, low: number, high: number): ParamSpec => ({
  name,
  distribution: float(low, high),
});
export const logInt = (name: string, low: number, high: number): ParamSpec => ({
  name,
  distribution: int(low, high, { log: true }),
});
export const plainInt = (name: string, low: number, high: number, step = 1): ParamSpec => ({
  name,
  distribution: int(low, high, { step }),
});
export const choice = (name: string, choices: readonly string[]): ParamSpec => ({
  name,
  distribution: categorical(choices),
});

/** Returns a cost for each choice, the least of them 0 and the most 1. */
export function costsOf(rng: Rng, choices: readonly string[]): (value: ParamValue | undefined) => number {
  const drawn = choices.map(() => rng.float());
  const [low, high] = [Math.min(...drawn), Math.max(...drawn)];
  const costs = new Map<unknown, number>(
    choices.map((c, k) => [c, ((drawn[k] as number) - low) / (high - low)]),
  );
  return (value) => costs.get(value) as number;
}

import type { ParamValue } from '../../core/distribution.js';
import type { Rng } from '../../core/rng.js';

/** Learning rate: the share of the distance to the generation's best that the probabilities move at once. */
const RATE = 0.2;

/** Name of an unordered parameter -> probability of each choice. */
export type CategoryProbabilities = Readonly<Record<string, readonly number[]>>;

export function equalProbabilities(
  choices: ReadonlyMap<string, readonly ParamValue[]>,
): CategoryProbabilities {
  return Object.fromEntries(
    [...choices].map(([name, values]) => [name, values.map(() => 1 / values.length)]),
  );
}

/**
 * Returns the probabilities after they moved towards the choices of the better half of a generation (population-based
 * incremental learning, Baluja 1994; the categorical part of CatCMA, Hamano et al., GECCO 2024). None falls below
 * 1 / (lambda * (K - 1)), or the even share if that is less, so none of the K choices dies out. Members without the parameter do not move it.
 */
export function moveProbabilities(
  chances: CategoryProbabilities,
  choices: ReadonlyMap<string, readonly ParamValue[]>,
  ranked: readonly Readonly<Record<string, ParamValue>>[],
  weights: readonly number[],
): CategoryProbabilities {
  const moved: Record<string, readonly number[]> = {};
  for (const [name, values] of choices) {
    const next = [...(chances[name] as readonly number[])];
    const old = [...next];
    for (const [i, params] of ranked.entries()) {
      const w = RATE * Math.max(0, weights[i] as number);
      const chosen = Object.hasOwn(params, name) ? values.indexOf(params[name] as ParamValue) : -1;
      if (chosen < 0) continue;
      for (const k of next.keys())
        next[k] = (next[k] as number) + w * ((k === chosen ? 1 : 0) - (old[k] as number));
    }
    moved[name] = raiseTo(next, Math.min(1 / values.length, 1 / (weights.length * (values.length - 1))));
  }
  return moved;
}

/** Raises the probabilities below the floor and lowers those above it; the sum stays 1. */
function raiseTo(chances: readonly number[], floor: number): number[] {
  const raised = chances.map((p) => Math.max(p, floor));
  const spare = raised.reduce((sum, p) => sum + p - floor, 0);
  const excess = raised.reduce((sum, p) => sum + p, 0) - 1;
  return spare <= 0 ? raised : raised.map((p) => p - (excess * (p - floor)) / spare);
}

export function drawChoice(values: readonly ParamValue[], chances: readonly number[], rng: Rng): ParamValue {
  let left = rng.float();
  for (const [k, p] of chances.entries()) {
    left -= p;
    if (left < 0) return values[k] as ParamValue;
  }
  return values.at(-1) as ParamValue;
}

import { float } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, paramsKey } from '../../src/core/space.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import type { TrialState } from '../../src/core/trial.js';

export const LAST = 9;
export const space = makeSpace([
  { name: 'x', distribution: float(0, 1) },
  { name: 'y', distribution: float(0, 1) },
]);

/** Losses that fall to the distance from an optimum; the rate depends on y. */
export function curveOf(x: number, y: number, noise: () => number = () => 0): number[] {
  const end = 0.1 + Math.abs(x - 0.3);
  return Array.from({ length: LAST }, (_, t) => end + Math.exp(-(0.3 + y) * (t + 1)) + noise());
}

type Shown = {
  readonly number: number;
  readonly params: { readonly x: number; readonly y: number };
  readonly losses: readonly number[];
  /** How many of the losses were reported. */
  readonly reached: number;
  readonly state?: TrialState;
};

/** A configuration with one trial that has reported its first losses. */
export function shown({ number, params, losses, reached, state }: Shown): ConfigView {
  const steps = new Map(losses.slice(0, reached).map((loss, t) => [t + 1, loss]));
  const is = state ?? (reached === losses.length ? 'complete' : 'running');
  const values = is === 'complete' ? [losses.at(-1) as number] : null;
  return {
    index: number,
    params,
    key: paramsKey(params),
    state: is === 'waiting' ? 'running' : is,
    values,
    std: null,
    trialCount: values ? 1 : 0,
    violations: [],
    trials: [{ number, state: is, values, steps }],
    attrs: {},
  };
}

export function viewOf(configs: readonly ConfigView[], more: Partial<StudyView> = {}): StudyView {
  return { directions: ['minimize'], seed: 1, maxSteps: LAST, earlier: null, configs, ...more };
}

/** A study in the middle of a search: every fourth trial is complete, the others stopped at some step. */
export function study(count: number, noise = 0.01): ConfigView[] {
  const rng = makeRng(7, 'study', count);
  return Array.from({ length: count }, (_, number) => {
    const params = { x: rng.float(), y: rng.float() };
    const losses = curveOf(params.x, params.y, () => noise * rng.normal());
    const reached = number % 4 === 0 ? LAST : 1 + (number % (LAST - 1));
    return shown({ number, params, losses, reached });
  });
}

import type { OptionValues } from '../../src/core/component-options.js';
import type { Direction, TrialView } from '../../src/core/trial.js';
import { configOf, loadPruner, type Steps, trialOf } from './support.js';

export const nan = Number.NaN;
export const curve = (...values: number[]): Steps => values.map((value, step) => [step, value] as const);

/** The decision over other configurations, each a list of its trials; their values are the means of their last steps. */
export async function decide(
  name: string,
  own: Steps | readonly TrialView[],
  peers: readonly (readonly TrialView[])[] = [],
  options: OptionValues = {},
  direction: Direction = 'minimize',
  maxSteps: number | null = 1_000_000,
) {
  const pruner = await loadPruner(name, options);
  const trials = own.length > 0 && 'number' in (own[0] as object) ? (own as TrialView[]) : [];
  const repeats = trials.length > 0 ? trials : [trialOf(99, own as Steps, 'running')];
  const configs = [...peers, repeats].map((group, k) => {
    const last = group.map(({ steps }) => [...steps.values()].at(-1) ?? 0);
    const complete = group.every(({ state }) => state === 'complete');
    return {
      ...configOf(k, group),
      values: complete ? [last.reduce((a, b) => a + b, 0) / last.length] : null,
    };
  });
  const judged = repeats.at(-1) as TrialView;
  return pruner.decide(judged, { directions: [direction], seed: 1, maxSteps, earlier: null, configs });
}
export const prunes = async (...args: Parameters<typeof decide>) => (await decide(...args)).prune;

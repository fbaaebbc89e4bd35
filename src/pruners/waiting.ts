import type { OptionValues } from '../core/component-options.js';
import type { Pruner } from './pruner.js';
import { keep, newest, others } from './steps.js';

/** Adds the two waits of every pruner, a startup and a warm-up, to a rule that judges from the first report on. */
export function waiting(make: (options: OptionValues) => Pruner): (options: OptionValues) => Pruner {
  return (options) => {
    const { startup_trials: startup, warmup_steps: warmup } = options as Record<string, number>;
    const rule = make(options);
    return {
      decide(trial, view) {
        const at = newest(trial);
        if (!at) return keep('nothing reported yet');
        if (at.step < (warmup as number)) return keep(`step ${at.step} is in the warm-up`);
        const complete = () =>
          others(trial, view).filter(({ trials }) => trials.some(({ state }) => state === 'complete')).length;
        if ((startup as number) > 0 && complete() < (startup as number))
          return keep('too few complete configurations');
        return rule.decide(trial, view);
      },
    };
  };
}

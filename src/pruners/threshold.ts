import type { OptionValues } from '../core/component-options.js';
import { comparedTexts, numberText } from './number-text.js';
import type { Pruner } from './pruner.js';
import { keep, newest, notYet, prune } from './steps.js';

/**
 * Stops a trial whose newest value lies outside [lower, upper] or is NaN, as Optuna's ThresholdPruner. With neither
 * bound given it stops only values that are NaN or infinite.
 */
export function makeThreshold(options: OptionValues): Pruner {
  const o = options as { lower: number; upper: number; warmup_steps: number; interval_steps: number };
  return {
    decide(trial) {
      const at = newest(trial);
      const wait = notYet(at, o.warmup_steps, o.interval_steps);
      if (wait || !at) return wait ?? keep('nothing reported yet');
      const { step, value } = at;
      if (Number.isNaN(value)) return prune(`the value at step ${step} is NaN`);
      if (value < o.lower) return prune(outside(value, step, 'below the lower', o.lower));
      if (value > o.upper) return prune(outside(value, step, 'above the upper', o.upper));
      return keep(`${numberText(value)} at step ${step} is within the bounds`);
    },
  };
}

function outside(value: number, step: number, where: string, bound: number): string {
  const [valueText, boundText] = comparedTexts(value, bound);
  return `${valueText} at step ${step} is ${where} bound ${boundText}`;
}

import type { OptionValues } from '../core/component-options.js';
import { comparedTexts } from './number-text.js';
import type { Pruner } from './pruner.js';
import { best, isMaximized, keep, newest, prune } from './steps.js';

/**
 * Stops a trial that has got worse: when the best of its last `patience` + 1 values is worse, by more than
 * `min_delta`, than the best before them (early stopping, Prechelt 1998). It compares a trial only with itself, so it needs
 * no peers. NaN is no improvement: when the last values all are NaN, the trial stops.
 *
 * Around another pruner (Optuna's PatientPruner with a wrapped one) a trial stops where both agree at the same report: a trial
 * that still improves continues, however its peers do. asha and hyperband judge a trial only at the reports that reach a
 * rung, so around them a trial stops at a rung or not at all.
 */
export function makePatient(options: OptionValues, around: Pruner | null = null): Pruner {
  const o = options as { patience: number; min_delta: number; warmup_steps: number };
  const alone: Pruner = {
    decide(trial, view) {
      const at = newest(trial);
      if (!at) return keep('nothing reported yet');
      if (at.step < o.warmup_steps) return keep(`step ${at.step} is in the warm-up`);
      const values = [...trial.steps.values()];
      const recent = values.length - o.patience - 1;
      if (recent < 1) return keep(`${values.length} values are no more than patience needs`);
      const maximize = isMaximized(view);
      const before = best(values.slice(0, recent), maximize);
      const after = best(values.slice(recent), maximize);
      if (after === null) return prune(`the last ${o.patience + 1} values are NaN`);
      if (before === null) return keep('the first number has only just come');
      const worse = maximize ? before - o.min_delta > after : before + o.min_delta < after;
      const [afterText, beforeText] = comparedTexts(after, before);
      const span = `best ${afterText} of the last ${o.patience + 1} values`;
      return {
        prune: worse,
        reason: `${span} is ${worse ? 'worse' : 'not worse'} than ${beforeText} before them`,
      };
    },
  };
  if (!around) return alone;
  return {
    decide(trial, view) {
      const own = alone.decide(trial, view);
      if (!own.prune) return own;
      const other = around.decide(trial, view);
      return { prune: other.prune, reason: `${own.reason}; ${other.reason}` };
    },
  };
}

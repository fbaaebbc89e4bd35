import type { OptionValues } from '../core/component-options.js';
import { others } from '../pruners/steps.js';
import { nextByHalving } from './halving.js';
import { fullSteps, ladderOf, rungsOf } from './rungs.js';
import { proceed, type Scheduler } from './scheduler.js';
import { comparable } from './standing.js';
import { stopAtRungs } from './stop-at-rungs.js';

/**
 * Asynchronous successive halving with promotion (Li et al., MLSys 2020): every trial is trained to the first rung and paused;
 * a free slot continues the best of a rung, or else begins a new configuration. Nothing is paused before it is known how long
 * a full trial is.
 */
export function makeAsha(options: OptionValues): Scheduler {
  const ladder = ladderOf(options);
  return {
    firstTargets(view) {
      const full = fullSteps(view);
      const [first = null] = full === null ? [] : rungsOf(full, ladder);
      return () => (first === full ? null : first);
    },
    decide(trial, view) {
      const full = fullSteps(view);
      if (view.resumable || full === null) return proceed('it is judged at its target step');
      const [firstRung = full] = rungsOf(full, ladder);
      return stopAtRungs(trial, view, others(trial, view), {
        firstRung,
        reductionFactor: ladder.reductionFactor,
      });
    },
    next(given) {
      const full = fullSteps(given);
      if (full === null) return null;
      const view = comparable(given);
      return nextByHalving(view.configs, view, {
        rungs: rungsOf(full, ladder),
        reductionFactor: ladder.reductionFactor,
      });
    },
  };
}

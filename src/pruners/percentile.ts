import type { OptionValues } from '../core/component-options.js';
import { percentile } from '../core/stats.js';
import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { comparedTexts } from './number-text.js';
import type { Decision, Pruner } from './pruner.js';
import { best, isMaximized, keep, newest, notYet, others, prune } from './steps.js';

type Options = {
  percentile: number;
  startup_trials: number;
  warmup_steps: number;
  interval_steps: number;
  min_trials: number;
};

/**
 * The percentile rule as Optuna defines it: a trial stops when its best value so far is worse than the given
 * percentile of its peers' values at the same step (25: only the best quarter continues). At 50 it is the median rule
 * (Golovin et al., Google Vizier, KDD 2017, section 3.2.1).
 *
 * Peers are COMPLETE trials of other configurations, so that repeats never judge each other; `startup_trials` counts
 * configurations. Values are the raw steps. A trial of only NaN is pruned; a step without peers never prunes.
 */
export function makePercentile(options: OptionValues): Pruner {
  const o = options as Options;
  return {
    decide(trial, view) {
      const at = newest(trial);
      const wait = notYet(at, o.warmup_steps, o.interval_steps);
      if (wait || !at) return wait ?? keep('nothing reported yet');
      const { peers, configurations } = peersOf(trial, view);
      if (configurations === 0 || configurations < o.startup_trials)
        return keep('too few complete configurations');
      return compare(trial, at.step, peers, isMaximized(view), o);
    },
  };
}

function peersOf(trial: TrialView, view: StudyView): { peers: TrialView[]; configurations: number } {
  const groups = others(trial, view)
    .map((config) => config.trials.filter((other) => other.state === 'complete'))
    .filter((complete) => complete.length > 0);
  return { peers: groups.flat(), configurations: groups.length };
}

function compare(
  trial: TrialView,
  step: number,
  peers: readonly TrialView[],
  maximize: boolean,
  { percentile: percent, min_trials: minTrials }: Options,
): Decision {
  const own = best(trial.steps.values(), maximize);
  if (own === null) return prune(`every value up to step ${step} is NaN`);
  const values = peers.flatMap((peer) => peer.steps.get(step) ?? []);
  if (values.length < minTrials) return keep(`only ${values.length} peers at step ${step}`);
  const limit = percentile(values, maximize ? 100 - percent : percent);
  const worse = maximize ? own < limit : own > limit;
  const name = percent === 50 ? 'the median' : `percentile ${percent}`;
  const [ownText, limitText] = comparedTexts(own, limit);
  const verdict = `best ${ownText} is ${worse ? 'worse' : 'not worse'} than ${name} ${limitText}`;
  return { prune: worse, reason: `${verdict} of ${values.length} peers at step ${step}` };
}

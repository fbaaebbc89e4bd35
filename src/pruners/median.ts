import type { OptionValues } from '../core/options.js';
import { percentile } from '../core/stats.js';
import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import type { Decision, Pruner } from './pruner.js';

/**
 * The median rule as Optuna defines it (Golovin et al., Google Vizier, KDD 2017, section 3.2.1): a trial stops when its
 * best value so far is worse than the median of its peers' values at the same step.
 *
 * Peers are COMPLETE trials of other configurations, so that repeats never judge each other; `startup_trials` counts
 * configurations. Values are the raw steps. A trial of only NaN is pruned; a step without peers never prunes.
 */
export function makeMedian(options: OptionValues): Pruner {
  const o = options as {
    startup_trials: number;
    warmup_steps: number;
    interval_steps: number;
    min_trials: number;
  };
  return {
    decide(trial, view) {
      const steps = [...trial.steps.keys()];
      const step = steps.at(-1);
      if (step === undefined) return keep('nothing reported yet');
      if (step < o.warmup_steps) return keep(`step ${step} is in the warm-up`);
      if (!firstOfInterval(step, steps.at(-2) ?? -1, o.warmup_steps, o.interval_steps))
        return keep('between two intervals');
      const { peers, configurations } = peersOf(trial, view);
      if (configurations === 0 || configurations < o.startup_trials)
        return keep('too few complete configurations');
      return compare(trial, step, peers, view.directions[0] === 'maximize', o.min_trials);
    },
  };
}

const keep = (reason: string): Decision => ({ prune: false, reason });

/** Whether this is the first report since the interval that `step` lies in began. */
function firstOfInterval(step: number, previous: number, warmup: number, interval: number): boolean {
  return previous < Math.floor((step - warmup) / interval) * interval + warmup;
}

function peersOf(trial: TrialView, view: StudyView): { peers: TrialView[]; configurations: number } {
  const peers: TrialView[] = [];
  let configurations = 0;
  for (const config of view.configs) {
    if (config.trials.some((other) => other.number === trial.number)) continue;
    const complete = config.trials.filter((other) => other.state === 'complete');
    if (complete.length > 0) configurations++;
    peers.push(...complete);
  }
  return { peers, configurations };
}

function compare(
  trial: TrialView,
  step: number,
  peers: readonly TrialView[],
  maximize: boolean,
  minTrials: number,
): Decision {
  const own = [...trial.steps.values()].filter((value) => !Number.isNaN(value));
  if (own.length === 0) return { prune: true, reason: `every value up to step ${step} is NaN` };
  // Not Math.max(...own): a trial may report more steps than a call takes arguments.
  const best = own.reduce((a, b) => (maximize ? Math.max(a, b) : Math.min(a, b)));
  const values = peers.flatMap((peer) => peer.steps.get(step) ?? []);
  if (values.length < minTrials) return keep(`only ${values.length} peers at step ${step}`);
  const median = percentile(values, 50);
  const prune = maximize ? best < median : best > median;
  return {
    prune,
    reason: `best ${best} is ${prune ? 'worse' : 'not worse'} than the median ${median} of ${values.length} peers at step ${step}`,
  };
}

import type { OptionValues } from '../core/component-options.js';
import { violationAt } from '../core/judged-steps.js';
import { percentile } from '../core/stats.js';
import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { comparedTexts } from './number-text.js';
import { isAmongBest, pointAt, pointText } from './points.js';
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
 * configurations. Values are the raw steps. A trial of only NaN is pruned; a step without peers never prunes. With several
 * objectives, `isAmongBest` ranks the trial among its peers.
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
      if (view.directions.length > 1) return rank(trial, at.step, { peers, view, options: o });
      return compare(trial, at.step, { peers, view, options: o });
    },
  };
}

function peersOf(trial: TrialView, view: StudyView): { peers: TrialView[]; configurations: number } {
  const groups = others(trial, view)
    .map((config) => config.trials.filter((other) => other.state === 'complete'))
    .filter((complete) => complete.length > 0);
  return { peers: groups.flat(), configurations: groups.length };
}

type Comparing = {
  readonly peers: readonly TrialView[];
  readonly view: StudyView;
  readonly options: Options;
};

function compare(trial: TrialView, step: number, { peers, view, options }: Comparing): Decision {
  const maximize = isMaximized(view);
  const own = best(trial.steps.values(), maximize);
  if (own === null) return prune(`every value up to step ${step} is NaN`);
  const violation = violationAt(trial, step);
  const rivals = peers.filter((peer) => peer.steps.has(step));
  if (rivals.length < options.min_trials) return keep(`only ${rivals.length} peers at step ${step}`);
  if (violation > 0) return compareViolation(violation, step, { peers: rivals, view, options });
  const worst = maximize ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const values = rivals.map((peer) =>
    violationAt(peer, step) > 0 ? worst : (peer.steps.get(step) as number),
  );
  const limit = percentile(values, maximize ? 100 - options.percentile : options.percentile);
  const worse = maximize ? own < limit : own > limit;
  const [ownText, limitText] = comparedTexts(own, limit);
  const verdict = `best ${ownText} is ${worse ? 'worse' : 'not worse'} than ${nameOf(options)} ${limitText}`;
  return { prune: worse, reason: `${verdict} of ${values.length} peers at step ${step}` };
}

/** A trial that violates the metric constraints is worse than all that do so less, whatever its value. */
function compareViolation(violation: number, step: number, { peers, options }: Comparing): Decision {
  const better = peers.filter((peer) => violationAt(peer, step) < violation).length;
  const worse = better >= quotaOf(peers.length, options);
  const verdict = `it violates the metric constraints ${worse ? 'more' : 'no more'} than ${nameOf(options)}`;
  return { prune: worse, reason: `${verdict} of ${peers.length} peers at step ${step}` };
}

/** Judges several objectives, by their values at this step alone: those of different steps have no common order. */
function rank(trial: TrialView, step: number, { peers, view, options }: Comparing): Decision {
  const own = pointAt(trial, step, view);
  if (own === null) return keep(`not every objective has a value at step ${step}`);
  const points = peers.flatMap((peer) => pointAt(peer, step, view) ?? []);
  if (points.length < options.min_trials) return keep(`only ${points.length} peers at step ${step}`);
  const worse = !isAmongBest(own, points, quotaOf(points.length, options));
  const verdict = `${pointText(trial, step, own)} ranks ${worse ? 'behind' : 'not behind'} ${nameOf(options)}`;
  return { prune: worse, reason: `${verdict} of ${points.length} peers at step ${step}` };
}

/** Returns how many of a trial and its peers are at or before the percentile of the peers. */
const quotaOf = (peers: number, { percentile: percent }: Options): number =>
  Math.ceil(((peers - 1) * percent) / 100) + 1;

const nameOf = ({ percentile: percent }: Options): string =>
  percent === 50 ? 'the median' : `percentile ${percent}`;

import { mean, standardDeviation } from '../core/stats.js';
import type { ConfigState, ConfigView } from '../core/study-view.js';
import { isFinished, type TrialView } from '../core/trial.js';

/** What one trial adds to its configuration's result. */
export type TrialResult = Pick<TrialView, 'state' | 'values'> & {
  /** How far it breaks each limit, <= 0 where it does not; empty where nobody knows. */
  readonly violations: readonly number[];
};

const NO_CONSTRAINTS: readonly number[] = [];

/**
 * The result of a configuration: the mean over its complete trials. Pruned and failed ones add nothing to it. Without a
 * complete trial a pruned one decides, with its own values.
 */
export function combine(
  trials: readonly TrialResult[],
): Pick<ConfigView, 'state' | 'values' | 'std' | 'trialCount' | 'violations'> {
  const [first] = trials;
  if (first && trials.length === 1) return single(first);
  const complete = trials.flatMap((t) => (t.state === 'complete' && t.values ? [t.values] : []));
  const pruned = trials.findLast((t) => t.state === 'pruned');
  return {
    state: stateOf(trials),
    values: pruned && complete.length === 0 ? pruned.values : byObjective(complete, mean),
    std: complete.length > 1 ? byObjective(complete, (values) => standardDeviation(values) ?? 0) : null,
    trialCount: complete.length,
    violations: byObjective(violationsIn(trials), mean) ?? NO_CONSTRAINTS,
  };
}

/** The same for one trial, which most configurations have: lists of one take ten times as long. */
function single({ state, values, violations }: TrialResult): ReturnType<typeof combine> {
  const isPruned = state === 'pruned';
  const isComplete = state === 'complete' && values !== null;
  const counts = isPruned || state === 'complete';
  return {
    state: isPruned || isComplete ? state : isFinished(state) ? 'fail' : 'running',
    values: isPruned || isComplete ? values : null,
    std: null,
    trialCount: isComplete ? 1 : 0,
    violations: counts && violations.length > 0 ? violations : NO_CONSTRAINTS,
  };
}

/** Violations of finished trials that reported every constrained metric. */
function violationsIn(trials: readonly TrialResult[]): (readonly number[])[] {
  return trials.flatMap(({ state, violations }) =>
    violations.length > 0 && (state === 'complete' || state === 'pruned') ? [violations] : [],
  );
}

/** Null without trials. With one trial, its values unchanged. */
function byObjective(
  told: readonly (readonly number[])[],
  sum: (values: readonly number[]) => number,
): readonly number[] | null {
  const first = told[0];
  if (!first || told.length === 1) return first ?? null;
  return first.map((_, k) => sum(told.map((values) => values[k] as number)));
}

/** A configuration runs as long as one of its trials does, unless a pruned one decides: no complete one contradicts it. */
function stateOf(trials: readonly TrialResult[]): ConfigState {
  const hasResult = trials.some((t) => t.state === 'complete' && t.values);
  if (!hasResult && trials.some((t) => t.state === 'pruned')) return 'pruned';
  if (trials.length === 0 || trials.some((t) => !isFinished(t.state))) return 'running';
  // One that is complete and has no value (the objective is another metric now) says as little as a failure.
  return hasResult ? 'complete' : 'fail';
}

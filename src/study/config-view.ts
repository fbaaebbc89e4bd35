import { mean, standardDeviation } from '../core/stats.js';
import type { ConfigState, ConfigView } from '../core/study-view.js';
import { isFinished, type TrialView } from '../core/trial.js';
import type { ConfigRecord, TrialRecord } from '../storage/storage.js';

const NO_CONSTRAINTS: readonly number[] = [];

/** A configuration with all that its trials told. */
export function makeConfigView(
  config: Pick<ConfigRecord, 'index' | 'params' | 'key' | 'attrs'>,
  records: readonly TrialRecord[],
): ConfigView {
  const trials: readonly TrialView[] = records;
  const complete = trials.flatMap((t) => (t.state === 'complete' && t.values ? [t.values] : []));
  const pruned = trials.findLast((t) => t.state === 'pruned');
  return {
    index: config.index,
    params: config.params,
    key: config.key,
    state: stateOf(trials),
    values: pruned ? pruned.values : byObjective(complete, mean),
    std: complete.length > 1 ? byObjective(complete, (values) => standardDeviation(values) ?? 0) : null,
    n: complete.length,
    outcomeConstraints: byObjective(violationsIn(records), mean) ?? NO_CONSTRAINTS,
    trials,
    attrs: config.attrs,
  };
}

/** What the finished trials that have something to tell of the limits tell. */
function violationsIn(records: readonly TrialRecord[]): (readonly number[])[] {
  return records.flatMap(({ state, violations }) =>
    violations.length > 0 && (state === 'complete' || state === 'pruned') ? [violations] : [],
  );
}

/** Null without trials; what is told of one trial alone is exactly its own values. */
function byObjective(
  told: readonly (readonly number[])[],
  sum: (values: readonly number[]) => number,
): readonly number[] | null {
  const first = told[0];
  if (!first || told.length === 1) return first ?? null;
  return first.map((_, k) => sum(told.map((values) => values[k] as number)));
}

/** A pruned repeat decides; else the configuration runs as long as one of its trials does. */
function stateOf(trials: readonly TrialView[]): ConfigState {
  if (trials.some((t) => t.state === 'pruned')) return 'pruned';
  if (trials.length === 0 || trials.some((t) => !isFinished(t.state))) return 'running';
  // One that is complete and has no value (the objective is another metric now) says as little as a failure.
  return trials.some((t) => t.state === 'complete' && t.values) ? 'complete' : 'fail';
}

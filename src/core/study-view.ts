import type { Params } from './distribution.js';
import type { Earlier } from './earlier-studies.js';
import type { Attrs, Direction, TrialView } from './trial.js';

export type ConfigState = 'running' | 'complete' | 'pruned' | 'fail';

/** One configuration: an assignment of the active parameters, with the results of its trials. */
export type ConfigView = {
  /** Order in which configurations were asked for; -1 when it took no index (enqueued, or made by another program). */
  readonly index: number;
  /** Sampled, active parameters only, without those that constraints force. */
  readonly params: Params;
  /** Canonical text of everything the trainer receives (`paramsKey`); two configurations never share one. */
  readonly key: string;
  readonly state: ConfigState;
  /** Mean over COMPLETE trials for each objective; a pruned configuration has its last feasible value; else null. */
  readonly values: readonly number[] | null;
  /** Standard deviation (n - 1) over COMPLETE trials; null with fewer than two. */
  readonly std: readonly number[] | null;
  /** Number of COMPLETE trials. */
  readonly trialCount: number;
  /** <= 0 is feasible. */
  readonly violations: readonly number[];
  /** Empty for a running configuration that was proposed before in the same batch, and opens with the next one. */
  readonly trials: readonly TrialView[];
  readonly attrs: Attrs;
};

/** Everything that a sampler or a pruner knows. A view never changes: a new fact makes a new view. */
export type StudyView = {
  readonly directions: readonly Direction[];
  readonly seed: number;
  /** The highest step that a full trial reports, where steps count from 1; null where nobody has said it. See `lastStep`. */
  readonly maxSteps: number | null;
  /** What the study learns from earlier ones; null: nothing. */
  readonly earlier: Earlier | null;
  readonly configs: readonly ConfigView[];
};

/** Returns the configurations that were proposed before in the same batch. They are the last ones of a view. */
export function batchMates({ configs }: StudyView): readonly ConfigView[] {
  let from = configs.length;
  while (from > 0 && isMate(configs[from - 1] as ConfigView)) from--;
  return configs.slice(from);
}

function isMate({ state, trials }: ConfigView): boolean {
  return state === 'running' && trials.length === 0;
}

import type { Params } from '../core/distribution.js';
import type { Space } from '../core/space.js';
import type { Objective } from '../core/spec.js';
import type { TrialState } from '../core/trial.js';

/** A configuration as results need it. Storage's records satisfy these types; results import no storage. */
export type ConfigFacts = {
  readonly id: number;
  readonly number: number;
  readonly params: Params;
  readonly forced: Params;
  /** Canonical text of all parameters; no two configurations share one. */
  readonly key: string;
};

/** A trial as results need it. `configId`: null when another program made the trial. */
export type TrialFacts = {
  readonly id: number;
  readonly number: number;
  readonly configId: number | null;
  readonly state: TrialState;
  readonly values: readonly number[] | null;
  readonly params: Params;
  /** The objective by step, ascending. */
  readonly steps: ReadonlyMap<number, number>;
  /** <= 0 where the trial keeps a metric constraint; empty where nobody knows. */
  readonly violations: readonly number[];
};

/** What is new: configurations and trials that were added, and trials that changed. */
export type ResultChanges = {
  readonly configs: readonly ConfigFacts[];
  readonly trials: readonly TrialFacts[];
};

/** The part of a study that decides how its results are shown. A `Study` satisfies it. */
export type ResultsStudy = {
  readonly id: number;
  readonly seed: number;
  readonly space: Space;
  readonly spec: { readonly objectives: readonly Objective[]; readonly repeats: number };
};

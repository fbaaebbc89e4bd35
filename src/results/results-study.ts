import type { Space } from '../core/space.js';
import type { Objective } from '../core/spec.js';

/** The part of a study that decides how its results are shown. A `Study` satisfies it. */
export type ResultsStudy = {
  readonly id: number;
  readonly seed: number;
  readonly space: Space;
  readonly spec: {
    readonly objectives: readonly Objective[];
    readonly repeats: number;
    /** Trials name their own parameters. */
    readonly defineByRun?: true;
  };
};

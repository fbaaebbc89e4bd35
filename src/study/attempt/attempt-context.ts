import type { Distribution, Params } from '../../core/distribution.js';
import type { Space } from '../../core/space.js';
import type { StudySpec } from '../../core/spec.js';
import type { StudyView } from '../../core/study-view.js';
import type { CustomPruner } from '../../pruners/pruner.js';
import type { Scheduler } from '../../schedulers/scheduler.js';
import type {
  AttemptStore,
  Ending,
  OpenedTrial,
  ReportedPoint,
  StudyReader,
  Suggested,
} from '../../storage/storage.js';
import type { StudyRows } from '../study-context.js';

/** What the parameters and the seed of one trial come from. */
export type TrialContext = {
  readonly name: string;
  readonly seed: number;
  /** The seed of a configuration's trial number `repeat`. */
  seedOf(repeat: number): number;
  /** What a trial gets; in a define-by-run study the values that it may ask for. */
  trialParams(opened: Pick<OpenedTrial, 'config' | 'trial'>): Params;
  /** The distribution of a parameter, from all trials; null for a name that no trial has suggested. */
  distributionOf(name: string): Distribution | null;
};

/** What follows a running trial: it stores what the trial reports and decides what its end means. */
export type AttemptContext = StudyRows<AttemptStore & StudyReader> &
  TrialContext & {
    readonly spec: Pick<StudySpec, 'objectives' | 'metricConstraints' | 'metrics' | 'trainer' | 'maxSteps'>;
    /** Null when nothing is ever pruned, so that nothing needs to be read for it. */
    readonly pruner: CustomPruner | null;
    /** Null when only a pruner decides, or nothing. */
    readonly scheduler: Scheduler | null;
    readonly space: Space;
    /** The newest view of the study. */
    view(): Promise<StudyView>;
    /** Stores a parameter that the trial named. False: the trial no longer belongs to this attempt. */
    suggest(trialId: number, attemptId: number | null, suggested: Suggested): Promise<boolean>;
    /** Stores reported metrics. False: the trial no longer belongs to this attempt. */
    report(trialId: number, attemptId: number | null, points: readonly ReportedPoint[]): Promise<boolean>;
    /** Stores the trial's end. False: another process finished the trial first. */
    tell(trialId: number, attemptId: number | null, ending: Ending): Promise<boolean>;
  };

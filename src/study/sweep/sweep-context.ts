import type { Params } from '../../core/distribution.js';
import type { Space } from '../../core/space.js';
import type { StudySpec } from '../../core/spec.js';
import type { StudyView } from '../../core/study-view.js';
import type { SamplerEntry } from '../../samplers/registry.js';
import type {
  AskingStore,
  AttemptStore,
  ChangeFeed,
  ConfigRecord,
  DatabaseFile,
  NewAttempt,
  OpenedTrial,
  StudyReader,
  StudyStore,
  TrialStore,
} from '../../storage/storage.js';
import type { CustomTerminator } from '../../terminators/terminator.js';
import type { History } from '../ask/ask-context.js';
import type { Runner } from '../ask/asked-trials.js';
import type { Refused } from '../ask/enqueued.js';
import type { Exhausted } from '../ask/propose.js';
import type { AttemptContext } from '../attempt/attempt-context.js';
import type { Configuration, StudyRows } from '../study-context.js';
import type { PlanContext } from './budget.js';

/** What a scheduler's decisions come from. */
export type SchedulingContext = Pick<AttemptContext, 'scheduler' | 'view' | 'space'> & {
  readonly spec: Pick<StudySpec, 'maxSteps' | 'scheduler'>;
  /** Configurations with their trials, in order of creation. */
  configurations(): Promise<readonly Configuration[]>;
};

/** What ends trials that stay paused. */
export type DropContext = StudyRows<Pick<TrialStore, 'unfinished'> & Pick<StudyReader, 'metrics'>> &
  Pick<AttemptContext, 'scheduler' | 'spec' | 'tell'>;

/** What the next trial of a sweep comes from. */
export type QueueContext = StudyRows<
  StudyStore &
    AskingStore &
    TrialStore &
    AttemptStore &
    Pick<StudyReader, 'missingRepeats' | 'metrics'> &
    Pick<DatabaseFile, 'liveness'>
> &
  Pick<AttemptContext, 'scheduler' | 'seedOf'> & {
    readonly spec: Pick<StudySpec, 'repeats' | 'race' | 'objectives' | 'scheduler'> & DropContext['spec'];
    readonly samplerEntry: Pick<SamplerEntry, 'endless'>;
    readonly seed: number;
    readonly space: Space;
    /** Null when only a budget ends the search. */
    readonly terminator: CustomTerminator | null;
    /** The newest view of the study. */
    view(): Promise<StudyView>;
    history(): Promise<History>;
    /** The parameters that the trainer of a configuration gets. */
    effectiveParams(config: Pick<ConfigRecord, 'params' | 'forced'>): Params;
    /** Configurations with their trials, in order of creation. */
    configurations(): Promise<readonly Configuration[]>;
    /** Reads finished trials again: another process may have queued failed ones. */
    forgetFinished(): void;
    /** Opens one more trial of a configuration; null when another process already did. */
    addRepeat(
      configId: number,
      repeat: number,
      attempt: NewAttempt,
      startedAtMs: number,
    ): Promise<OpenedTrial | null>;
    /** Starts the oldest enqueued trial that can be run; null when none waits. */
    openEnqueued(
      runner: Runner,
      nowMs: number,
      onRefused: (trial: Refused) => void,
    ): Promise<OpenedTrial | null>;
    /** Opens the first trial of a new configuration. `budget`: the study's total of trials; null for no limit. */
    ask(runner: Runner, startedAtMs: number, budget: number | null): Promise<OpenedTrial | Exhausted>;
  };

/** What the sweep loop needs of its study. */
export type SweepContext = QueueContext &
  AttemptContext &
  PlanContext & {
    readonly storage: DatabaseFile & StudyReader & ChangeFeed;
    readonly spec: StudySpec;
    /** The name of this process, as stored with its attempts. */
    readonly owner: string;
    /** Trials in any state, those of other programs included. */
    trialCount(): Promise<number>;
    /** Reads the search that another process has stored; returns what differs from before. */
    readSearch(): Promise<'space' | 'priors' | null>;
  };

import type { StudySpec } from '../core/spec.js';
import type { JsonValue } from '../core/trial.js';
import type { Storage, StudyRecord } from '../storage/storage.js';
import type { EnqueueContext } from '../study/ask/enqueue-validation.js';
import type { CheckpointCheck } from '../study/reopen-failed.js';

/** What a control works on: one study in an open storage. */
export type ControlTarget = {
  readonly storage: Storage;
  readonly study: StudyRecord;
  /** Unix time in milliseconds. */
  readonly nowMs: number;
  /** Whether an attempt left a checkpoint that a next attempt may resume from. */
  readonly hasCheckpoint: CheckpointCheck;
  /** Removes the checkpoints of a trial that has ended now, by its last attempt. False: they stay, or there are none. */
  readonly discardCheckpoint: CheckpointCheck;
  /** The study with its space. @throws HpoError study.foreign for a study that another program made. */
  readonly openStudy: () => Promise<OpenedStudy>;
};

/** A study with its space, as enqueueing needs it. */
export type OpenedStudy = EnqueueContext & { readonly spec: Pick<StudySpec, 'defineByRun'> };

/** What a control did: one line for people, and the same for programs. */
export type ControlResult = {
  readonly text: string;
  readonly data: { readonly [key: string]: JsonValue };
};

/** An argument of a control, for help texts, forms and tools. */
export type ControlArgument = {
  readonly name: string;
  readonly type: 'trial' | 'trials' | 'text' | 'boolean' | 'settings' | 'parameters' | 'names';
  readonly required: boolean;
  readonly help: string;
};

/** Arguments from outside, not checked yet. */
export type RawArguments = { readonly [name: string]: unknown };

/**
 * One command to a study, whether or not a sweep of it runs. Its effect is stored in the database; every running
 * orchestrator obeys it within about a second.
 */
export interface Control<A = unknown> {
  /** The verb, which is also the name of the command. */
  readonly name: string;
  /** One or two sentences. */
  readonly summary: string;
  readonly arguments: readonly ControlArgument[];
  /** Checks the arguments. @throws HpoError (usage) that says what was expected. */
  parse(raw: RawArguments): A;
  /** Stores the command. @throws HpoError (usage) when the study or the trial does not allow it. */
  apply(target: ControlTarget, args: A): Promise<ControlResult>;
}

import type { ComponentSpec } from '../../core/component-options.js';
import type { StudySpec } from '../../core/spec.js';
import type { Checkpoints, Executor } from '../../executors/executor.js';
import { trainsUnsavedInFull, waitsForSave } from '../../schedulers/registry.js';
import type { Emit } from '../events.js';

type Resuming = {
  /** Null where trials have none. */
  readonly checkpoints: Checkpoints | null;
  readonly scheduler: ComponentSpec;
  /** Whether trials are treated as if they could be paused until one shows that they cannot. */
  readonly isPossible: boolean;
  /** Whether every checkpoint is reported here (`noteSaved`), so that nobody needs to look for one. */
  readonly reportsSaves: boolean;
  readonly emit: Emit;
};

type Sweeping = {
  readonly study: { readonly spec: Pick<StudySpec, 'scheduler'> };
  readonly executor: Pick<Executor, 'checkpoints' | 'kind'>;
  readonly emit: Emit;
};

/**
 * Whether the trainers of a sweep save checkpoints. Nobody knows before the first trial passes its target step: until then
 * trials are treated as if they could be paused.
 */
export class Resumability {
  /** Null where trials have none. */
  readonly checkpoints: Checkpoints | null;
  /** Trials that cannot be paused are trained in full. Else the scheduler judges them. */
  readonly trainsInFull: boolean;
  /** Nobody has said that trials can be paused, or report steps. */
  readonly isUnasked: boolean;
  readonly #emit: Emit;
  #isPossible: boolean;
  #isProven = false;
  readonly #reportsSaves: boolean;
  #hasLooked = false;
  #hasWarned = false;
  #hasSteps = false;

  constructor({ checkpoints, scheduler, isPossible, reportsSaves, emit }: Resuming) {
    this.checkpoints = checkpoints;
    this.trainsInFull = trainsUnsavedInFull(scheduler);
    this.isUnasked = waitsForSave(scheduler);
    this.#isPossible = isPossible;
    this.#reportsSaves = reportsSaves;
    this.#emit = emit;
  }

  static ofSweep({ study, executor: { checkpoints, kind }, emit }: Sweeping): Resumability {
    const { scheduler } = study.spec;
    const isPossible = checkpoints !== null;
    return new Resumability({ checkpoints, scheduler, isPossible, reportsSaves: kind === 'function', emit });
  }

  get isPossible(): boolean {
    return this.#isPossible;
  }

  /** Whether a new trial may be given a target. `isExpected`: somebody expects trials to be paused. */
  mayTarget(isExpected: boolean): boolean {
    return this.#isPossible && (this.#isProven || isExpected || !this.isUnasked || !this.#reportsSaves);
  }

  /**
   * Whether a running trial is judged as one that will be paused. A program says when it saves: before that, and where nobody asked for
   * pauses, its trials are judged as those that cannot be.
   */
  get isPauseExpected(): boolean {
    return this.#isPossible && (this.#isProven || !this.isUnasked || !this.#reportsSaves);
  }

  /**
   * Whether reports are judged. Where nobody asked for it: not reports without a step number, which may be no steps at all, and not
   * those of a program that never asks for the verdict and so would not end.
   */
  judges({ isCounted }: { readonly isCounted: boolean }): boolean {
    return !this.isUnasked || (!isCounted && (!this.#reportsSaves || this.#isProven || this.#hasLooked));
  }

  /** Somebody has asked for the verdict on a running trial. */
  noteLook(): void {
    this.#hasLooked = true;
  }

  /** Whether a scheduler may count on pauses. One that nobody named waits for a trial that has saved its state. */
  get isReliable(): boolean {
    return this.#isPossible && (this.#isProven || !this.isUnasked);
  }

  /** A trial has saved its state. */
  noteSaved(): void {
    this.#isProven = true;
  }

  /** Whether a trial is known to have reported a step of the objective. Without steps there is nothing to schedule. */
  get hasSteps(): boolean {
    return this.#hasSteps;
  }

  noteStep(): void {
    this.#hasSteps = true;
  }

  /** Trials do not number their steps: nobody could tell where one resumes. */
  noteUnnumbered(trial: number): void {
    // They report no steps, as far as their author is concerned.
    if (this.isUnasked) this.#isPossible = false;
    else this.noteMissing(trial, 'it does not number its steps');
  }

  /** A trial passed its target and cannot be resumed. The sweep pauses no more trials. */
  noteMissing(trial: number, why: string): void {
    this.#isPossible = false;
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const message = this.trainsInFull
      ? `${why}, so all trials are trained in full (docs/schedulers.md says how checkpoints save steps; scheduler: none looks for none)`
      : `cannot be paused: ${why}. The scheduler only stops trials from now on (docs/schedulers.md says how a trainer resumes; scheduler: none trains all in full)`;
    this.#emit({ type: 'warning', trial, message });
  }
}

import type { JsonValue } from '../../../core/trial.js';
import { doneSteps, fromSavedData, type SavedStates, toSavedData } from './saved-state.js';

/** What a trial saves, so that it continues from there after a pause, an abort or a kill. */
export type TrialCheckpoint = {
  /**
   * Saves the state of the trial; a later one replaces it. Save it once for each step, right after its report or right before.
   * What JSON can express comes back as JSON, a Uint8Array as a Uint8Array. Resolves when it is stored.
   * @throws HpoError checkpoint.data for anything else.
   */
  save(data: string | number | boolean | object): Promise<void>;
  /** Returns what this trial saved last, also in an earlier program; null when it has saved nothing. */
  load<T = JsonValue | Uint8Array>(): Promise<T | null>;
};

type Saving = {
  readonly states: SavedStates;
  readonly trial: number;
  /** The state of this step is saved, or will be before the attempt has ended. */
  readonly saved: (step: number) => void;
  /** Resolves when everything reported is judged. */
  readonly settled: () => Promise<void>;
};

/** The checkpoint of one attempt of a trial. */
export class AttemptCheckpoint {
  readonly #o: Saving;
  /** The newest step that is reported. */
  #step: number;
  /** Whether the attempt saves before it reports; null before the first of either. */
  #savesFirst: boolean | null = null;
  /** Something was saved since the last report. */
  #isFresh = false;
  #isOver = false;
  #writing: Promise<void> = Promise.resolve();

  /** How many steps the state has done that the trial saved last. */
  readonly startStep: number;

  private constructor(saving: Saving, startStep: number) {
    this.#o = saving;
    this.startStep = startStep;
    this.#step = startStep;
  }

  /** Opens what the trial has saved. `reported`: returns the steps that it has reported. */
  static async open(
    saving: Saving,
    reported: (trial: number) => Promise<readonly number[]>,
  ): Promise<AttemptCheckpoint> {
    const { states, trial } = saving;
    const found = await states.read(trial);
    if (found === null) return new AttemptCheckpoint(saving, 0);
    const steps = found.isBeforeReport ? await reported(trial) : [];
    return new AttemptCheckpoint(saving, doneSteps(found, steps));
  }

  /** What the objective sees. */
  readonly checkpoint: TrialCheckpoint = {
    save: async (data: unknown) => {
      const copy = toSavedData(data);
      if (this.#isOver) return;
      this.#savesFirst ??= true;
      this.#isFresh = true;
      const [step, isBeforeReport] = [this.#step, this.#savesFirst];
      const written = this.#writing.then(() => this.#write({ step, isBeforeReport, data: copy }));
      this.#writing = written.catch(() => {});
      await written;
      await this.#o.settled();
      this.#o.saved(step);
    },
    load: async <T>() => {
      await this.#writing;
      const found = await this.#o.states.read(this.#o.trial);
      return found && (fromSavedData(found.data) as T);
    },
  };

  /** Called before a step is reported. */
  noteReport(step: number): void {
    this.#savesFirst ??= false;
    if (this.#savesFirst && this.#isFresh) this.#o.saved(step);
    this.#isFresh = false;
    this.#step = Math.max(this.#step, step);
  }

  /** The attempt has ended: what it saves from now on counts for nothing. Resolves when what it saved is stored. */
  async close(): Promise<void> {
    this.#isOver = true;
    await this.#writing;
  }

  async #write(state: Parameters<SavedStates['write']>[1]): Promise<void> {
    await this.#o.states.write(this.#o.trial, state);
  }
}

import type { AttemptRef, CheckpointHold, Checkpoints } from '../../executors/executor.js';

/** How often checkpoints are looked at while a trainer is expected to save one. */
const LOOK_MS = 50;
/** A checkpoint that has not changed for this long, and is not open, is complete. */
const QUIET_MS = 300;
/** How often it is tried to end a trainer that has reported again. */
const HURRY_MS = 25;
/** The same once that has not helped: each look at all processes costs some milliseconds. */
const SLOW_HURRY_MS = 250;
/** After so many attempts a trainer may be ended between two files that it writes, but not while it writes one. */
const PATIENT_TRIES = 20;

/**
 * Watches the checkpoints of an attempt from the report of its target step on, since a trainer that ignores its target may save
 * after that report. It may not be ended while it saves.
 */
export class TargetWatch {
  readonly #checkpoints: Checkpoints;
  readonly #attempt: AttemptRef;
  readonly #saved: () => void;
  #timer: NodeJS.Timeout | null = null;
  /** The target step that was passed; null before that. */
  #target: number | null = null;
  /** The newest step whose state is saved, where the executor says so. */
  #savedStep: number | null = null;
  #isClosed = false;
  /** The checkpoints when the target step was reported. */
  #before = '';
  /** How often it was tried to end the attempt since it reported again. */
  #tries = 0;

  /** `saved` is called when a checkpoint was saved after the target step and nothing is being written. */
  constructor(checkpoints: Checkpoints, attempt: AttemptRef, saved: () => void) {
    this.#checkpoints = checkpoints;
    this.#attempt = attempt;
    this.#saved = saved;
  }

  /** Whether the target step was reported. */
  get isPassed(): boolean {
    return this.#target !== null;
  }

  /** Whether the state of the target step is known to be saved. */
  get isSaved(): boolean {
    return this.#target !== null && this.#savedStep !== null && this.#savedStep >= this.#target;
  }

  /** The executor says that the state of a step is saved. */
  noteSaved(step: number): void {
    this.#savedStep = Math.max(step, this.#savedStep ?? step);
    if (!this.isSaved) return;
    this.close();
    this.#saved();
  }

  /** The target step was reported. */
  async pass(step: number): Promise<void> {
    this.#target = step;
    if (this.isSaved) return;
    const { stamp, isOpen } = await this.#checkpoints.look(this.#attempt);
    this.#before = stamp;
    // A file that is open now was opened for this step.
    this.#watch({ before: isOpen() ? null : stamp, last: stamp, sinceMs: performance.now() });
  }

  hasCheckpoint(): Promise<boolean> {
    return this.#checkpoints.exist(this.#attempt);
  }

  /**
   * The attempt reported again after its target step. Returns whether it can be ended now, and holds it still until then;
   * otherwise `saved` is called as soon as it can be.
   */
  async hurry(): Promise<boolean> {
    if (this.#isClosed || this.#tries > 0) return false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (await this.#hold()) return true;
    this.#tryAgain();
    return false;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tryAgain(): void {
    if (this.#isClosed) return;
    const waitMs = this.#tries < PATIENT_TRIES ? HURRY_MS : SLOW_HURRY_MS;
    this.#timer = setTimeout(() => {
      void this.#hold().then((isHeld) => (isHeld ? this.#end() : this.#tryAgain()));
    }, waitMs).unref();
  }

  /** Returns whether the attempt is held still, and what it has saved is whole. */
  async #hold(): Promise<boolean> {
    const isPatient = this.#tries++ < PATIENT_TRIES;
    const held: CheckpointHold | null = await this.#checkpoints.hold(this.#attempt, {
      before: this.#before,
      isPatient,
    });
    if (held !== null && this.#isClosed) held.release();
    return held !== null && !this.#isClosed;
  }

  #end(): void {
    this.close();
    this.#saved();
  }

  #watch(seen: { readonly before: string | null; readonly last: string; readonly sinceMs: number }): void {
    if (this.#isClosed || this.#tries > 0) return;
    this.#timer = setTimeout(() => {
      void this.#checkpoints.look(this.#attempt).then(async ({ stamp, isOpen }) => {
        if (this.#isClosed || this.#tries > 0) return;
        const nowMs = performance.now();
        const isSame = stamp === seen.last;
        const isQuiet = isSame && nowMs - seen.sinceMs >= QUIET_MS;
        if (stamp === seen.before || !isQuiet || isOpen())
          return this.#watch({ ...seen, last: stamp, sinceMs: isSame ? seen.sinceMs : nowMs });
        if (await this.#hold()) this.#end();
        else this.#tryAgain();
      });
    }, LOOK_MS).unref();
  }
}

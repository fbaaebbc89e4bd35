import type { AttemptRef, Checkpoints } from '../../executors/executor.js';

/** How often checkpoints are looked at while a trainer is expected to save one. */
const LOOK_MS = 50;
/** A checkpoint that has not changed for this long, and is not open, is complete. */
const QUIET_MS = 300;

/**
 * Watches the checkpoints of an attempt from the report of its target step on, since a trainer that ignores its target may save
 * after that report. It may not be ended while it saves.
 */
export class TargetWatch {
  readonly #checkpoints: Checkpoints;
  readonly #attempt: AttemptRef;
  readonly #saved: () => void;
  #timer: NodeJS.Timeout | null = null;
  #isPassed = false;
  /** The target step that was passed; null before that. */
  #target: number | null = null;
  /** The newest step whose state is saved, where the executor says so. */
  #savedStep: number | null = null;

  /** `saved` is called when a checkpoint was saved after the target step and nothing is being written. */
  constructor(checkpoints: Checkpoints, attempt: AttemptRef, saved: () => void) {
    this.#checkpoints = checkpoints;
    this.#attempt = attempt;
    this.#saved = saved;
  }

  /** Whether the target step was reported. */
  get isPassed(): boolean {
    return this.#isPassed;
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
    this.#isPassed = true;
    this.#target = step;
    if (this.isSaved) return;
    const { stamp, isOpen } = await this.#checkpoints.look(this.#attempt);
    // A file that is open now was opened for this step.
    this.#watch({ before: isOpen() ? null : stamp, last: stamp, sinceMs: performance.now() });
  }

  hasCheckpoint(): Promise<boolean> {
    return this.#checkpoints.exist(this.#attempt);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #watch(seen: { readonly before: string | null; readonly last: string; readonly sinceMs: number }): void {
    this.#timer = setTimeout(() => {
      void this.#checkpoints.look(this.#attempt).then(({ stamp, isOpen }) => {
        if (this.#timer === null) return;
        const nowMs = performance.now();
        const isSame = stamp === seen.last;
        const isQuiet = isSame && nowMs - seen.sinceMs >= QUIET_MS;
        if (stamp !== seen.before && isQuiet && !isOpen()) {
          this.close();
          this.#saved();
        } else this.#watch({ ...seen, last: stamp, sinceMs: isSame ? seen.sinceMs : nowMs });
      });
    }, LOOK_MS).unref();
  }
}

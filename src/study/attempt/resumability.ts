import type { Checkpoints } from '../../executors/executor.js';
import type { Emit } from '../events.js';

/**
 * Whether the trainers of a sweep save checkpoints. Nobody knows before the first trial passes its target step: until then
 * trials are treated as if they could be paused.
 */
export class Resumability {
  /** Null where trials have none. */
  readonly checkpoints: Checkpoints | null;
  readonly #emit: Emit;
  #isPossible: boolean;
  #hasWarned = false;

  /** `isPossible`: whether trials are treated so at first. */
  constructor(checkpoints: Checkpoints | null, emit: Emit, isPossible = checkpoints !== null) {
    this.checkpoints = checkpoints;
    this.#isPossible = isPossible;
    this.#emit = emit;
  }

  get isPossible(): boolean {
    return this.#isPossible;
  }

  /** A trial passed its target and cannot be resumed. The sweep pauses no more trials. */
  noteMissing(trial: number, why: string): void {
    this.#isPossible = false;
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const message = `cannot be paused: ${why}. The scheduler only stops trials from now on (docs/schedulers.md says how a trainer resumes)`;
    this.#emit({ type: 'warning', trial, message });
  }
}

import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/** At the end of a sweep, how long the SDK may end no run. Nobody outside its process sees what the server answers. */
const PATIENCE_MS = 8000;
const LOOK_MS = 200;

/** When the SDK has ended a run. */
export class SdkProgress {
  #notedMs = 0;

  note(): void {
    this.#notedMs = performance.now();
  }

  /** Resolves when no run has ended for too long, counted from now. */
  async untilHopeless(): Promise<void> {
    this.note();
    while (performance.now() - this.#notedMs < PATIENCE_MS) await wait(LOOK_MS, null, { ref: false });
  }
}

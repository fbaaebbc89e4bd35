import type { ExpectedGain } from '../../core/expected-gain.js';
import { numberText } from '../../loggers/event-messages.js';
import type { SweepEvent } from '../../study/events.js';

/** What the events of a sweep say for its summary. */
export class SweepTally {
  /** Trials that this call started. */
  started = 0;
  /** Why the sweep ended; empty where its end says all. */
  detail = '';
  /** What the terminator expected to gain when it was last asked; null: there is none, or it could not tell. */
  gain: ExpectedGain | null = null;

  note(event: SweepEvent): void {
    if (event.type === 'trial-started') this.started++;
    else if (event.type === 'terminator-judged') this.gain = event.gain;
    else if (event.type === 'sweep-finished') this.detail = event.detail;
  }
}

/** Returns `the largest expected improvement is 0.002; the terminator ends the sweep below 0.0005`. */
export function gainText({ improvement, limit }: ExpectedGain): string {
  return `the largest expected improvement is ${numberText(improvement)}; the terminator ends the sweep below ${numberText(limit)}`;
}

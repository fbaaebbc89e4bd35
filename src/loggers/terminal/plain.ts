import type { SweepEvent } from '../../study/events.js';
import { describeEvent } from '../event-messages.js';
import type { Progress } from './progress.js';

/** A chatty trainer must not flood a log: its metrics are shown at most this often. */
const REPORT_INTERVAL_MS = 5000;

/** Lines for a pipe, a file or a log of CI: what happens, and after each trial how far the sweep is. */
export function makePlainView(progress: Progress, write: (line: string) => void, now: () => number) {
  const shownAtMs = new Map<number, number>();
  return {
    subscriber(event: SweepEvent): void {
      progress.note(event, now());
      if (event.type === 'trial-reported') {
        const last = shownAtMs.get(event.trial);
        if (last !== undefined && now() - last < REPORT_INTERVAL_MS) return;
        shownAtMs.set(event.trial, now());
      }
      if (event.type === 'sweep-finished') return;
      const lines = describeEvent(event);
      if (event.type === 'trial-finished') {
        shownAtMs.delete(event.trial);
        const status = [progress.countText(), progress.bestText(), progress.leftText()].filter(
          (text) => text !== '',
        );
        lines[0] += `  [${status.join(', ')}]`;
      }
      for (const line of lines) write(line);
    },
    log: write,
    close(): void {},
  };
}

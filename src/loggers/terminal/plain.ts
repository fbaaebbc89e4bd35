import type { MetricPoint } from '../../executors/executor.js';
import type { SweepEvent } from '../../study/events.js';
import { describeEvent } from '../event-messages.js';
import type { Progress } from './progress.js';

/** A trial's metrics are shown at most this often, so that a trainer with many reports does not flood a log. */
const REPORT_INTERVAL_MS = 5000;

/** Returns a view for a pipe, a file or a CI log: a line for each event, and after each trial the progress of the sweep. */
export function makePlainView(progress: Progress, write: (line: string) => void, now: () => number) {
  const shownAtMs = new Map<number, number>();
  /** Why trials are being pruned, of which a line said so. */
  const pruning = new Map<number, string>();
  const objectives = new Set(progress.start.objectives.map(({ metric }) => metric));
  /** The line of the trial's end says the same. */
  const isObjectiveAtEnd = ({ name, step }: MetricPoint) => step === null && objectives.has(name);
  // Without repeats all trials have the same seed.
  const withSeed = progress.start.repeats > 1;
  return {
    on(event: SweepEvent): void {
      progress.note(event, now());
      if (event.type === 'trial-reported') {
        if (event.points.every(isObjectiveAtEnd)) return;
        const last = shownAtMs.get(event.trial);
        if (last !== undefined && now() - last < REPORT_INTERVAL_MS) return;
        shownAtMs.set(event.trial, now());
      }
      if (event.type === 'sweep-finished') return;
      const lines = describeEvent(withoutKnownReason(event, pruning), { withSeed });
      if (event.type === 'trial-finished') {
        shownAtMs.delete(event.trial);
        const status = [
          progress.countText(),
          progress.budgetText(),
          progress.gainText(),
          progress.pausedText(),
          progress.bestText(),
          progress.leftText(now()),
        ].filter((text) => text !== '');
        lines[0] += `  [${status.join(', ')}]`;
      }
      for (const line of lines) write(line);
    },
    log: write,
    close(): void {},
  };
}

/** The line of the end does not repeat what the line of the pruning said. */
function withoutKnownReason(event: SweepEvent, pruning: Map<number, string>): SweepEvent {
  if (event.type === 'trial-pruning') pruning.set(event.trial, event.reason);
  if (event.type !== 'trial-finished') return event;
  const isKnown = pruning.get(event.trial) === event.reason;
  pruning.delete(event.trial);
  return isKnown ? { ...event, reason: null } : event;
}

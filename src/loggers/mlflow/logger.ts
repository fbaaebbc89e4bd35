import type { SweepEvent } from '../../study/events.js';
import type { DeliveryFactory } from '../runs/delivery.js';
import type { JournalFolder } from '../runs/journal-folder.js';
import { RunLogger, type StudyRunLogger } from '../runs/run-logger.js';
import type { LookUp } from '../runs/trial-status.js';
import type { MlflowRun } from './follow.js';
import type { MetricRows } from './rows.js';
import {
  type MlflowEnd,
  type MlflowHead,
  type MlflowStudy,
  makeMlflowFormat,
  sweepEnd,
  sweepHead,
} from './run-format.js';

export type MlflowLoggerParts = {
  readonly study: MlflowStudy;
  readonly folder: JournalFolder<MlflowHead, MlflowEnd>;
  readonly delivery: DeliveryFactory<MlflowHead, MlflowEnd>;
  readonly lookUp: LookUp;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
};

/** Returns a logger that keeps a run for the sweep, once it has a trial, and below it one for each attempt. */
export function makeMlflowLogger({ study, ...parts }: MlflowLoggerParts): StudyRunLogger {
  const { now } = parts;
  let sweep: MlflowRun | null = null;
  const head = sweepHead(study, now());
  const format = makeMlflowFormat(study, () => head.id);
  const runs = new RunLogger<MlflowHead, MlflowEnd, MetricRows>({ ...parts, format });
  const end = (of: Parameters<typeof sweepEnd>[0], detail: string) =>
    runs.attempt(() => {
      if (sweep === null || sweep.journal.ended) return;
      sweep.journal.end(sweepEnd(of, detail, now()));
      sweep.wake();
    });
  return {
    open: () => runs.open(),
    on(event: SweepEvent) {
      if (event.type === 'trial-started')
        runs.attempt(() => {
          sweep ??= runs.begin({ ...head, startedAtMs: now() });
        });
      runs.on(event);
      if (event.type === 'sweep-finished') end(event.end, event.detail);
    },
    flush: () => runs.flush(),
    close(limitMs) {
      // Only a sweep that was cut off by an error has not ended by now.
      end(null, '');
      return runs.close(limitMs);
    },
  };
}

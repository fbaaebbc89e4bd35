import { bestIn } from '../../results/ranking.js';
import type { SweepEnd, SweepEvent } from '../../study/events.js';
import { BestSoFar } from '../best-so-far.js';
import type { StudyLogger } from '../made-when-opened.js';
import type { DeliveryFactory } from '../runs/delivery.js';
import type { JournalFolder } from '../runs/journal-folder.js';
import { RunLogger } from '../runs/run-logger.js';
import type { LookUp } from '../runs/trial-status.js';
import type { ProgressAtStart } from '../study-reader.js';
import type { MlflowRun } from './follow.js';
import type { MetricRows } from './rows.js';
import {
  type MlflowEnd,
  type MlflowHead,
  type MlflowStudy,
  makeMlflowFormat,
  pausedHead,
  sweepEnd,
  sweepHead,
  trialEnd,
} from './run-format.js';

export type MlflowLoggerParts = {
  readonly study: MlflowStudy;
  readonly progress: Pick<ProgressAtStart, 'paused' | 'configurations'>;
  readonly folder: JournalFolder<MlflowHead, MlflowEnd>;
  readonly delivery: DeliveryFactory<MlflowHead, MlflowEnd>;
  readonly lookUp: LookUp;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
};

/** Returns a logger that keeps a run for the sweep, once it has a trial, and below it one for each trial and each of its retries. */
export function makeMlflowLogger({ study, progress, ...parts }: MlflowLoggerParts): StudyLogger {
  const { now } = parts;
  const paused = new Set(progress.paused);
  const { objectives, repeats } = study.spec;
  const best = new BestSoFar({ ...progress, objectives, repeats });
  let sweep: MlflowRun | null = null;
  const head = sweepHead(study, now());
  const format = makeMlflowFormat(study, () => head.id);
  const runs = new RunLogger<MlflowHead, MlflowEnd, MetricRows>({ ...parts, format });
  const end = (of: SweepEnd | null, detail: string) =>
    runs.attempt(() => {
      if (sweep === null || sweep.journal.ended) return;
      const found = bestIn(
        best.found,
        0,
        objectives.map(({ direction }) => direction),
      );
      sweep.journal.end(sweepEnd({ end: of, detail, best: found ?? null }, now()));
      sweep.wake();
    });
  return {
    open: () => runs.open(),
    on(event: SweepEvent) {
      if (event.type === 'trial-started')
        runs.attempt(() => {
          sweep ??= runs.begin({ ...head, startedAtMs: now() });
        });
      best.note(event);
      runs.on(event);
      if (event.type === 'trial-paused') paused.add(event.trial);
      if (event.type === 'trial-started') paused.delete(event.trial);
      // Its run was ended when it was paused.
      if (event.type === 'trial-finished' && paused.delete(event.trial))
        runs.attempt(() => {
          const run = runs.begin(pausedHead(study, event.trial, now()));
          run.journal.end(trialEnd(event, now()));
          run.wake();
        });
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

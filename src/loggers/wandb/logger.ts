import type { SweepEvent } from '../../study/events.js';
import type { StudyLogger } from '../made-when-opened.js';
import type { StudyIdentity } from '../runs/run-format.js';
import { RunLogger, type RunLoggerParts } from '../runs/run-logger.js';
import { RunRows } from './rows.js';
import { endOf, type RunEnd } from './run-end.js';
import { makeWandbFormat, type WandbRows } from './run-format.js';
import { pausedHead, type RunMetadata } from './run-metadata.js';
import type { Target } from './target.js';

export type WandbLoggerParts = Omit<RunLoggerParts<RunMetadata, RunEnd, WandbRows>, 'format'> & {
  readonly study: StudyIdentity;
  readonly target: Target;
  /** Numbers of the trials that were paused before. */
  readonly paused: readonly number[];
};

type Finished = Extract<SweepEvent, { readonly type: 'trial-finished' }>;

/** Returns a logger that keeps a run for each attempt; one that continues a paused trial continues its run. */
export function makeWandbLogger({ study, target, paused: before, ...parts }: WandbLoggerParts): StudyLogger {
  const paused = new Set(before);
  const { lookUp, now } = parts;
  const runs = new RunLogger<RunMetadata, RunEnd, WandbRows>({
    ...parts,
    format: makeWandbFormat(study, target),
  });
  /** Ends the run of a trial that was paused, and so has ended already. */
  const endPaused = async (event: Finished) => {
    const status = await lookUp(event.trial);
    if (status === null) return;
    const rows = new RunRows();
    rows.note(await status.points(), now());
    const head = pausedHead(study, { trial: event.trial, attempts: status.attempt }, target, now());
    const run = runs.begin(head);
    run.journal.end(endOf(event, rows.metrics(), head.startedAtMs, head.startedAtMs));
    run.wake();
  };
  return {
    open: () => runs.open(),
    on(event) {
      runs.on(event);
      if (event.type === 'trial-paused') paused.add(event.trial);
      if (event.type === 'trial-started' || event.type === 'trial-taken-over') paused.delete(event.trial);
      if (event.type === 'trial-finished' && paused.delete(event.trial)) runs.query(endPaused(event));
    },
    flush: () => runs.flush(),
    close: (limitMs) => runs.close(limitMs),
  };
}

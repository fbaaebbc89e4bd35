import type { DeliveredRun } from '../runs/run.js';
import {
  type RowMaker,
  type RunFormat,
  runId,
  type StudyIdentity,
  secondsBetween,
} from '../runs/run-format.js';
import { RunRows, rowText } from './rows.js';
import { endOf, type RunEnd, summaryText } from './run-end.js';
import { makeHead, type RunMetadata } from './run-metadata.js';
import type { Target } from './target.js';

export type WandbRun = DeliveredRun<RunMetadata, RunEnd>;
export type WandbRows = RowMaker & Pick<RunRows, 'metrics'>;

/** Returns what W&B receives of the runs of a study. */
export function makeWandbFormat(
  study: StudyIdentity,
  target: Target,
): RunFormat<RunMetadata, RunEnd, WandbRows> {
  return {
    service: 'W&B',
    idOf: (trial, attempt) => runId(study, trial, attempt),
    head: (event, nowMs, continues) => makeHead(study, event, target, { nowMs, continues }),
    rows({ lastStep, head: { startedAtMs } }) {
      const rows = new RunRows(lastStep);
      const texts = (made: ReturnType<RunRows['close']>) =>
        made.map((row) => ({ step: row.step, row: rowText(row, startedAtMs) }));
      return {
        note: (points, atMs) => texts(rows.note(points, atMs)),
        close: () => texts(rows.close()),
        summary: (nowMs) => summaryText(rows.metrics(), secondsBetween(startedAtMs, nowMs)),
        metrics: () => rows.metrics(),
        get overflow() {
          return rows.overflow;
        },
      };
    },
    end: (outcome, rows, { head, nowMs }) => endOf(outcome, rows.metrics(), head.startedAtMs, nowMs),
  };
}

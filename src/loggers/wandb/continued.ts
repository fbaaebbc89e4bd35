import type { JournalRow } from '../runs/journal.js';
import type { Position } from './client.js';

/** What a run has before the rows of a journal. */
export type Before = Pick<Position, 'lastStep' | 'runtimeS'>;

/** Returns the rows that go further than the run, whose steps only increase, with the time that it had run before. */
export function rowsAfter(
  rows: readonly JournalRow[],
  { lastStep, runtimeS }: Before,
): readonly JournalRow[] {
  const left = lastStep === null ? rows : rows.filter(({ step }) => step > lastStep);
  if (runtimeS === 0) return left;
  return left.map(({ step, row }) => ({
    step,
    row: row.replace(
      /"_runtime":([\d.eE+-]+)(,"_timestamp":[\d.eE+-]+\})$/,
      (_, own: string, rest: string) => `"_runtime":${runtimeS + Number(own)}${rest}`,
    ),
  }));
}

/** Returns a summary with the time that the run had before. */
export function summaryAfter(summary: string, { runtimeS }: Before): string {
  if (runtimeS === 0) return summary;
  const values = JSON.parse(summary) as { _runtime: number };
  const _runtime = runtimeS + values._runtime;
  return JSON.stringify({ ...values, _runtime, _wandb: { runtime: Math.round(_runtime) } });
}

/** Returns the note that a journal keeps about the run that it continues. */
export function noteOf({ id, rows, lastStep, runtimeS }: Position): string {
  return JSON.stringify([id, rows, lastStep, runtimeS]);
}

/** Reads such a note; null where the journal has none. */
export function parseNote(note: string): Position | null {
  if (note === '') return null;
  try {
    const [id, rows, lastStep, runtimeS] = JSON.parse(note) as [string, number, number | null, number];
    return { id, rows, lastStep, runtimeS };
  } catch {
    return null;
  }
}

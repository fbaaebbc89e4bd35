import { isFinished } from '../../core/trial.js';
import type { StudyReader, TrialRow } from '../study-reader.js';
import type { Mark, StudyFolder } from './study-folder.js';
import { hasEventFile } from './trial-file.js';

/** Trials that are looked at together. */
const PAGE = 1000;

/** A trial that is to be written from the database. `marks`: its attempts that await it. */
export type Unwritten = { readonly row: TrialRow; readonly marks: readonly Mark[] };

/**
 * Yields the finished trials whose end no process has written, and those that have no event file. Where all of a thousand trials
 * are complete the database is not read.
 */
export async function* unwrittenTrials(
  folder: StudyFolder,
  reader: StudyReader,
  studyId: number,
): AsyncGenerator<Unwritten> {
  const marks = new Map<number, Mark[]>();
  for (const mark of folder.marks()) marks.set(mark.trial, [...(marks.get(mark.trial) ?? []), mark]);
  for (let from = 0; ; from += PAGE) {
    const numbers = Array.from({ length: PAGE }, (_, k) => from + k);
    const written = new Set(numbers.filter((trial) => hasEventFile(folder.trial(trial))));
    await letOthersRun();
    if (written.size === PAGE && !numbers.some((trial) => marks.has(trial))) continue;
    const rows = await reader.rows(studyId, from, PAGE);
    if (rows.length === 0) return;
    for (const row of rows) {
      const left = (marks.get(row.number) ?? []).filter(({ attempt }) => attempt <= row.attempt);
      const isComplete = written.has(row.number) && left.length === 0;
      if (!isFinished(row.state) || isComplete) continue;
      yield { row, marks: left };
      await letOthersRun();
    }
  }
}

/** A long study does not keep the event loop from the running trials. */
function letOthersRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import { findTrial } from '../control/find-trial.js';
import { notedText } from '../control/note.js';
import { studyNote } from '../control/study-note.js';
import { printableLine } from '../core/printable.js';
import { print, printJson } from './output.js';
import { findStudy, type StudyOptions, withStorage } from './studies.js';

/** Prints the note and the tags of a trial; null: of the study itself. */
export async function printNote(
  trial: number | null,
  options: StudyOptions & { readonly json?: boolean },
): Promise<void> {
  await withStorage(options.storage, 'read', async (storage) => {
    const study = await findStudy(storage, options);
    const { note, tags } =
      trial === null
        ? studyNote(await storage.readAttributes(study.id))
        : await findTrial(storage, study, trial);
    if (options.json) printJson('note', { study: study.name, trial, note, tags });
    else print(printableLine(notedText(study.name, trial, { note, tags })));
  });
}

import { checkpointFolder, checkpointsInFiles } from '../executors/function/checkpoints/in-files.js';
import { checkpointsInMemory } from '../executors/function/checkpoints/in-memory.js';
import type { SavedStates } from '../executors/function/checkpoints/saved-state.js';
import type { FunctionOptions } from '../executors/function/executor.js';
import { type DatabasePlace, placeText } from '../storage/place.js';
import type { StudyReader } from '../storage/storage.js';
import type { StudyRows } from '../study/study-context.js';

export type SavingContext = StudyRows<StudyReader & { readonly place: DatabasePlace }> & {
  readonly uid: string | null;
};

/** Returns where the trials of a study save: in a folder beside its database, or in memory with the rest of it. */
export function savedStatesOf({ storage, id, uid }: SavingContext): SavedStates {
  const { place } = storage;
  const folder = place.kind === 'memory' ? null : checkpointFolder(placeText(place), uid);
  return folder === null ? checkpointsInMemory(storage, id) : checkpointsInFiles(folder);
}

/** What an executor of functions needs to continue the trials of a study. */
export type Saving = Pick<FunctionOptions, 'states' | 'reported'>;

/** Returns what an executor of functions needs to continue the trials of a study. */
export function savingOf(study: SavingContext): Saving {
  const reported = async (trial: number) =>
    (await study.storage.metrics(study.id, trial)).flatMap(({ step }) => step ?? []);
  return { states: savedStatesOf(study), reported };
}

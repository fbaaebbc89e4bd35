import { HpoError } from '../../core/errors.js';
import type { FirstTrial, OpenedTrial, PredictedIndex, StudyStore } from '../../storage/storage.js';
import type { StudyRows } from '../study-context.js';
import type { AskContext, History } from './ask-context.js';
import type { IndexPrediction } from './index-prediction.js';
import { type Exhausted, proposeNew, toFilled } from './propose.js';
import { fullness } from './trial-limit.js';

/**
 * Asks the sampler for a new configuration and opens its first trial. A sampler that ignores results is asked for the
 * predicted index, so that one transaction is enough; when the prediction turns out wrong, two are needed.
 */
export async function askNext(
  study: AskContext,
  prediction: IndexPrediction,
  trial: FirstTrial,
): Promise<OpenedTrial | Exhausted> {
  const predicted = prediction.predict();
  if (predicted) {
    const opened = await askPredicted(study, predicted, trial);
    if (opened) return opened;
    prediction.reset();
  }
  const asked = await askUntilKept(study, trial);
  const isPredictable = study.samplerEntry.reads === 'nothing' && !(await hasExternalTrials(study));
  if (isPredictable && !('exhausted' in asked)) prediction.observe(asked);
  return asked;
}

/** Returns null, and stores nothing, when the index was taken or the first proposal is a duplicate. */
async function askPredicted(
  study: AskContext,
  predicted: PredictedIndex,
  trial: FirstTrial,
): Promise<OpenedTrial | null> {
  const found = await proposeNew(study, emptyHistory(study), predicted.index, 0);
  if ('exhausted' in found) return null;
  return study.storage.commitConfiguration(
    { studyId: study.id, predicted },
    toFilled(study.space, found),
    trial,
  );
}

/** The index of a worker that was cut off may have passed to another one meanwhile: then it asks for another index. */
async function askUntilKept(study: AskContext, trial: FirstTrial): Promise<OpenedTrial | Exhausted> {
  for (;;) {
    try {
      return await askReserved(study, trial);
    } catch (error) {
      if (!(error instanceof HpoError && error.code === 'storage.index-lost')) throw error;
    }
  }
}

/** Samples outside any transaction until a new, allowed configuration is stored under a reserved index. */
async function askReserved(study: AskContext, trial: FirstTrial): Promise<OpenedTrial | Exhausted> {
  const { storage, space, id } = study;
  const { reservation, index } = await storage.reserveIndex(study.id, study.owner);
  for (let conflicts = 0; ; conflicts++) {
    const history = conflicts === 0 ? await firstHistory(study) : await study.history();
    const found = await orRelease(study, reservation, () => proposeNew(study, history, index, conflicts));
    if ('exhausted' in found) {
      await storage.releaseIndices(id, { reservation });
      return found;
    }
    const opened = await storage.commitConfiguration({ reservation }, toFilled(space, found), trial);
    if (opened) return opened;
    const full = await fullness(study, trial.limit);
    if (full) {
      await storage.releaseIndices(id, { reservation });
      return full;
    }
    // A conflict: another process stored this configuration since the view was read. The next view has it.
  }
}

/** Runs `propose`, and releases the reserved index when it throws: a custom sampler may. */
export async function orRelease<T>(
  { storage, id }: StudyRows<StudyStore>,
  reservation: number,
  propose: () => Promise<T>,
): Promise<T> {
  try {
    return await propose();
  } catch (error) {
    await storage.releaseIndices(id, { reservation });
    throw error;
  }
}

/**
 * Returns what a first proposal needs. A sampler that reads nothing of it gets an empty view, so that the memory of a long
 * sweep does not grow. Trials of other programs have no unique key: with any of them everything is read.
 */
async function firstHistory(study: AskContext): Promise<History> {
  if (study.samplerEntry.reads !== 'nothing' || (await hasExternalTrials(study))) return study.history();
  return emptyHistory(study);
}

/** What a sampler that reads nothing needs. */
export function emptyHistory({ directions, seed }: Pick<AskContext, 'directions' | 'seed'>): History {
  return { view: { directions, seed, maxSteps: null, earlier: null, configs: [] }, isTried: () => false };
}

export async function hasExternalTrials({ storage, id }: StudyRows<StudyStore>): Promise<boolean> {
  return (await storage.count(id, ['external'])).external > 0;
}

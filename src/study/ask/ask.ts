import { HpoError } from '../../core/errors.js';
import type {
  FirstTrial,
  OpenedTrial,
  PredictedIndex,
  ReservedIndex,
  StudyStore,
} from '../../storage/storage.js';
import type { StudyRows } from '../study-context.js';
import type { AskContext, History } from './ask-context.js';
import type { IndexPrediction } from './index-prediction.js';
import { type Exhausted, proposeNew, toFilled } from './propose.js';
import { fullness } from './trial-limit.js';

/**
 * Asks the sampler for a new configuration and opens its first trial. A sampler that ignores results is asked for an index that is
 * known before, so that one transaction is enough; when the index turns out wrong, more are needed.
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
    prediction.noteTaken();
  }
  let reserved = prediction.takeReserved();
  if (prediction.isShared) {
    reserved ??= await study.storage.reserveIndex(study.id, study.owner);
    const opened = await askAndReserve(study, prediction, reserved, trial);
    if (opened) return opened;
  }
  const asked = await askUntilKept(study, trial, reserved);
  const isPredictable = study.samplerEntry.reads === 'nothing' && !(await hasExternalTrials(study));
  if (!isPredictable) prediction.noteForeign();
  else if (!('exhausted' in asked)) prediction.observe(asked);
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

function askUntilKept(
  study: AskContext,
  trial: FirstTrial,
  reserved: ReservedIndex | null,
): Promise<OpenedTrial | Exhausted> {
  let held = reserved;
  return untilKept(() => {
    const first = held;
    held = null;
    return askReserved(study, trial, first);
  });
}

/** The index of a worker that was cut off may have passed to another one meanwhile: then it asks with another index. */
export async function untilKept<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof HpoError && error.code === 'storage.index-lost')) throw error;
    }
  }
}

/** Returns null, and stores nothing, when the first proposal is a duplicate, or the sampler must see the study. */
async function askAndReserve(
  study: AskContext,
  prediction: IndexPrediction,
  { reservation, index }: ReservedIndex,
  trial: FirstTrial,
): Promise<OpenedTrial | null> {
  const propose = () => proposeNew(study, emptyHistory(study), index, 0);
  const found = await orRelease(study, reservation, propose);
  if ('exhausted' in found) return null;
  const filled = toFilled(study.space, found);
  const asking = { studyId: study.id, owner: study.owner, knownUpTo: prediction.knownUpTo };
  const made = await study.storage.commitAndReserve(reservation, filled, trial, asking);
  if (made) prediction.continueWith(made);
  return made?.opened ?? null;
}

/** Samples outside any transaction until a new, allowed configuration is stored under a reserved index. */
async function askReserved(
  study: AskContext,
  trial: FirstTrial,
  reserved: ReservedIndex | null,
): Promise<OpenedTrial | Exhausted> {
  const { storage, space, id } = study;
  const { reservation, index } = reserved ?? (await storage.reserveIndex(study.id, study.owner));
  for (let conflicts = 0; ; conflicts++) {
    const needsAll = conflicts > 0 || study.samplerEntry.reads !== 'nothing';
    const history = await (needsAll ? study.history() : firstHistory(study));
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
  return (await hasExternalTrials(study)) ? study.history() : emptyHistory(study);
}

/** What a sampler that reads nothing needs. */
export function emptyHistory({ directions, seed }: Pick<AskContext, 'directions' | 'seed'>): History {
  return { view: { directions, seed, maxSteps: null, earlier: null, configs: [] }, isTried: () => false };
}

export async function hasExternalTrials({ storage, id }: StudyRows<StudyStore>): Promise<boolean> {
  return (await storage.count(id, ['external'])).external > 0;
}

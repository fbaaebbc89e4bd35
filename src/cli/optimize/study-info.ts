import type { StudySpec } from '../../core/spec.js';
import type { ProgressAtStart, StudyInfo } from '../../loggers/study-reader.js';
import type { ResultsModel } from '../../results/results-model.js';
import { standingOf } from '../../results/standing.js';
import type { Storage } from '../../storage/storage.js';
import type { StudyIdentity } from '../../study/study-context.js';

type StartedStudy = StudyIdentity & { readonly spec: StudySpec };

type Start = {
  /** Number of trials that the study will have after the sweep; null when unknown. */
  readonly total: number | null;
  readonly slots: number;
  readonly timeoutMs: number | null;
  /** Failed trials are run again, so they do not count as done. */
  readonly retryFailed: boolean;
};

/** Returns what loggers know about the study when a sweep starts. */
export async function makeStudyInfo(
  { storage, results }: { readonly storage: Storage; readonly results: ResultsModel },
  study: StartedStudy,
  start: Start,
): Promise<StudyInfo> {
  const { id, name, spec } = study;
  const record = await storage.findStudy(name);
  return {
    id,
    name,
    createdAtMs: record?.createdAtMs ?? null,
    seed: record?.seed ?? null,
    spec,
    progress: progressAtStart(results, start),
  };
}

/** Failed trials that are run again are not done. */
function progressAtStart(
  results: ResultsModel,
  { total, slots, timeoutMs, retryFailed }: Start,
): ProgressAtStart {
  return {
    total,
    slots,
    timeoutMs,
    paused: pausedIn(results),
    ...standingOf(results, retryFailed ? ['complete', 'pruned'] : ['complete', 'pruned', 'fail']),
  };
}

function pausedIn({ table }: ResultsModel): number[] {
  const found: number[] = [];
  for (const [trial, step] of table.pausedAt.values().entries()) if (!Number.isNaN(step)) found.push(trial);
  return found;
}

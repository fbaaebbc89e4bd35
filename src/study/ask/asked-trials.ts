import type {
  AttemptStore,
  DatabaseFile,
  NewAttempt,
  NewTrial,
  OpenedTrial,
  StudyStore,
  TrialStore,
  UnfinishedTrial,
} from '../../storage/storage.js';
import type { StudyRows } from '../study-context.js';

/**
 * Who runs a trial. An attempt of a sweep; or a program that asked for it (`asker`) and loses it when the program ends;
 * or null: the process that reports its result, which may be another one than the one that asked.
 */
export type Runner = NewAttempt | { readonly asker: string } | null;

/** Returns the fields with which a trial is opened for a runner. */
export function openedBy(runner: Runner): Pick<NewTrial, 'attempt' | 'asker'> {
  const asks = runner !== null && 'asker' in runner;
  return asks ? { attempt: null, asker: runner.asker } : { attempt: runner, asker: null };
}

/** Returns whether one of these programs, which have ended, asked for the trial: then nobody runs it any more. */
export function isAbandoned({ trial, attempt, asker }: UnfinishedTrial, ended: readonly string[]): boolean {
  return trial.state === 'running' && attempt === null && asker !== null && ended.includes(asker);
}

/**
 * Opens the oldest trial whose asker, one of these owners that have ended, left it; null when there is none. `held`: those that still
 * have somebody who runs them.
 */
export async function openAbandoned(
  { storage, id }: StudyRows<StudyStore & TrialStore & AttemptStore>,
  ended: readonly string[],
  {
    runner,
    startedAtMs,
    held,
  }: { readonly runner: Runner; readonly startedAtMs: number; readonly held: readonly number[] },
): Promise<OpenedTrial | null> {
  if (ended.length === 0) return null;
  await storage.releaseIndices(id, { owners: ended });
  for (const item of await storage.unfinished(id, 'running')) {
    if (!isAbandoned(item, ended) || item.asker === null || held.includes(item.trial.number)) continue;
    const opened = await storage.restart(item.trial.id, {
      fromAsker: item.asker,
      ...openedBy(runner),
      startedAtMs,
    });
    if (opened) return opened;
  }
  return null;
}

/** Makes a process the asker of trials that its program holds, where the process that asked for them has ended. They continue. */
export async function takeOver(
  {
    storage,
    id,
    owner,
  }: StudyRows<TrialStore & AttemptStore & Pick<DatabaseFile, 'liveness'>> & { readonly owner: string },
  held: readonly number[],
): Promise<void> {
  if (held.length === 0) return;
  for (const { trial, attempt, asker } of await storage.unfinished(id, 'running')) {
    if (attempt !== null || asker === null || !held.includes(trial.number)) continue;
    if (storage.liveness.judge(asker) !== 'ended') continue;
    await storage.restart(trial.id, { fromAsker: asker, asker: owner, attempt: null, startedAtMs: null });
  }
}

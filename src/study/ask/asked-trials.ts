import type { NewAttempt, NewTrial, OpenedTrial, UnfinishedTrial } from '../../storage/storage.js';
import type { Study } from '../study.js';

/**
 * Who runs a trial: an attempt of a sweep; a program that asks for it (`asker`) and loses it when it ends; or null, whoever
 * tells of it, which may be another process than the one that asked.
 */
export type Runner = NewAttempt | { readonly asker: string } | null;

/** The runner as a trial is opened with it. */
export function openedBy(runner: Runner): Pick<NewTrial, 'attempt' | 'asker'> {
  const asks = runner !== null && 'asker' in runner;
  return asks ? { attempt: null, asker: runner.asker } : { attempt: runner, asker: null };
}

/** Whether a trial was asked for by one of these programs, which have ended, so that nobody runs it any more. */
export function isAbandoned({ trial, attempt, asker }: UnfinishedTrial, ended: readonly string[]): boolean {
  return trial.state === 'running' && attempt === null && asker !== null && ended.includes(asker);
}

/** Opens the oldest trial whose asker has ended; null when there is none. */
export async function openAbandoned(
  { storage, id }: Study,
  runner: Runner,
  startedAtMs: number,
): Promise<OpenedTrial | null> {
  const ended = (await storage.owners(id)).filter((owner) => storage.liveness.judge(owner) === 'ended');
  if (ended.length === 0) return null;
  for (const item of await storage.unfinished(id)) {
    if (!isAbandoned(item, ended) || item.asker === null) continue;
    const opened = await storage.reclaim(item.trial.id, item.asker, { ...openedBy(runner), startedAtMs });
    if (opened) return opened;
  }
  return null;
}

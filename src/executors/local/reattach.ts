import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/errors.js';
import { isInfrastructureError } from '../../core/infrastructure-errors.js';
import type { Outcome, RunHooks } from '../executor.js';
import { noteLost, readExit, readStop, revokeLaunch } from './attempt-dir.js';
import { type FollowedAttempt, followAttempt } from './follow-attempt.js';
import { existingLog } from './prepare.js';
import { endOfLaunch, notStarted } from './wait-for-exit.js';

const REVOKE_AGAIN_MS = 1000;

/**
 * Follows an attempt that an orchestrator which has ended started. If its supervisor has not begun yet, it never will:
 * creating `pid` first takes the launch away from it.
 */
export async function reattachAttempt(followed: FollowedAttempt, hooks: RunHooks): Promise<Outcome> {
  const { files, attempt } = followed;
  const revoked = await revokeWhenPossible(files.dir, hooks);
  if (revoked === null) return { kind: 'infrastructure', reason: 'its launch could not be revoked' };
  if (revoked) return notStarted('launch revoked');
  const log = existingLog(files, attempt.token);
  return followAttempt({ ...followed, files: { ...files, log } }, hooks, (waiting) =>
    endOfLaunch(files.dir, attempt.token, waiting),
  );
}

/**
 * Returns how an attempt of another machine ended whose worker lost its lease: nothing of it runs any more. Its log and its exit
 * code are read where this machine sees its folder and may read it, which then says to everybody that it has ended. So what its
 * worker did not store is stored before the next attempt resumes after it.
 */
export async function endOfLost(
  followed: FollowedAttempt,
  { token, lost }: { readonly token: string; readonly lost: string },
  hooks: RunHooks,
): Promise<Outcome> {
  const { dir } = followed.files;
  const gone = { kind: 'unknown', finishedAtMs: Date.now() } as const;
  const unreadable = whyUnreadable(dir);
  if (unreadable !== null) {
    hooks.warn(`${unreadable}: what it printed and nobody stored is not known`);
    return { ...gone, logTail: [], lost };
  }
  const log = existingLog(followed.files, token);
  // Another machine wrote it.
  const shown = { ...followed, isShared: true, files: { ...followed.files, log } };
  const outcome = await followAttempt(shown, hooks, async () => {
    const exit = readExit(dir);
    return exit === null ? gone : { kind: 'exited', ...exit };
  });
  if (outcome.kind !== 'unknown') return outcome;
  await noteLost(dir);
  return { ...outcome, lost };
}

/** Returns why this user cannot read the folder of an attempt; null: it can, or there is none here. */
function whyUnreadable(dir: string): string | null {
  try {
    readExit(dir);
    readStop(dir);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** Does what `revokeLaunch` does, again while the folder cannot be written. Null: the sweep was stopped meanwhile. */
async function revokeWhenPossible(dir: string, hooks: RunHooks): Promise<boolean | null> {
  for (let tries = 0; !hooks.signal.aborted; tries++) {
    try {
      return await revokeLaunch(dir);
    } catch (error) {
      if (!isInfrastructureError(error, 'writing')) throw error;
      if (tries === 0) hooks.warn(`${dir} cannot be written, and is tried again each second: ${error}`);
    }
    await sleep(REVOKE_AGAIN_MS, undefined, { signal: hooks.signal }).catch(() => {});
  }
  return null;
}

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { codeOf } from '../../core/system-error.js';
import type { Aliveness, AttemptControl, AttemptRef, Cancellation } from '../executor.js';
import { noteStop, readLaunchOwner } from './attempt-dir.js';
import { isAttemptAlive } from './attempt-liveness.js';
import { makeCheckpoints } from './checkpoints.js';
import { takesSignals } from './out-of-reach.js';
import { attemptFiles } from './paths.js';
import { existingLog } from './prepare.js';
import { DEFAULT_STOP_TIMES, type StoppableAttempt, type StopTimes, stopAttempt } from './stop.js';

const BUFFER_BYTES = 64 * 1024;

/** Returns what any process of this machine can do with the attempts of local processes. */
export function makeLocalControl(times: StopTimes = DEFAULT_STOP_TIMES): AttemptControl {
  return {
    isAlive: async ({ handle, token }): Promise<Aliveness> => isAttemptAlive(handle, token),
    async cancel({ handle, token }, reason) {
      // For `stopped` the database has a request. A note would outlive an attempt that ended by itself just before.
      if (reason !== 'stopped' && isAttemptAlive(handle, token) !== 'ended')
        await noteStop(handle, { reason, words: null });
      return cancelAttempt({ dir: handle, token, ...times });
    },
    logs: readLog,
    // Checkpoints are never removed here: `discardLeft` also asks whose the folder is.
    checkpoints: makeCheckpoints('keep', ''),
  };
}

/** Ends an attempt as `stopAttempt` does, and says what that achieved. */
export async function cancelAttempt(attempt: StoppableAttempt): Promise<Cancellation> {
  const { ran, stuck } = await stopAttempt(attempt);
  const inKernel = stuck.filter(takesSignals);
  if (inKernel.length > 0) return { kind: 'stuck', pids: inKernel };
  if (isAttemptAlive(attempt.dir, attempt.token) !== 'ended') return { kind: 'out-of-reach' };
  if (ran) return { kind: 'ended' };
  return { kind: readLaunchOwner(attempt.dir).kind === 'revoked' ? 'prevented' : 'had-ended' };
}

/** Yields the log as far as it goes when the reading begins: a trainer that keeps writing does not keep it going. */
export async function* readLog(
  { handle, trial, token }: AttemptRef,
  fromByte: number,
): AsyncIterable<Uint8Array> {
  const path = existingLog(attemptFiles(handle, trial), token);
  // A pipe that a program has put there would be waited for.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return;
  try {
    const stats = await file.stat();
    const size = stats.isFile() ? stats.size : 0;
    for (let at = fromByte; at < size; ) {
      const wanted = Math.min(BUFFER_BYTES, size - at);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
      // Somebody cut the log short meanwhile.
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

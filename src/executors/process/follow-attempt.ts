import type { Outcome, RunHooks, StopReason } from '../executor.js';
import { noteStop, readStop } from './attempt-dir.js';
import type { End } from './ending.js';
import { LogFollower } from './log-follower.js';
import type { AttemptFiles } from './paths.js';
import { stopAttempt } from './stop.js';
import { TrainerOutput } from './trainer-output.js';

/**
 * Reads an attempt's log from its first byte, and ends the attempt if the signal says so, until `ended` resolves.
 * Children that a trainer leaves behind are let be when it ends by itself, and ended with it when it is stopped.
 */
export async function followAttempt(
  files: AttemptFiles,
  attempt: { readonly token: string; readonly graceMs: number },
  hooks: RunHooks,
  ended: () => Promise<End>,
): Promise<Outcome> {
  const output = new TrainerOutput(hooks);
  const follower = new LogFollower(files.log, output);
  let stopping: Promise<unknown> = Promise.resolve();
  const stop = () => {
    stopping = noteStop(files.dir, hooks.signal.reason as StopReason)
      .then(() => stopAttempt({ dir: files.dir, ...attempt }))
      .catch((error: unknown) =>
        output.warn(`the trial could not be stopped: ${error instanceof Error ? error.message : error}`),
      );
  };
  follower.start();
  if (hooks.signal.aborted) stop();
  else hooks.signal.addEventListener('abort', stop, { once: true });
  let end: End;
  try {
    end = await ended();
  } finally {
    hooks.signal.removeEventListener('abort', stop);
    await stopping;
    await follower.finish();
  }
  if (end.kind === 'not-started') return end;
  const stoppedFor = readStop(files.dir);
  return { ...end, tail: output.tail(), ...(stoppedFor ? { stoppedFor } : {}) };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { messageOf } from '../core/errors.js';

/** How a helper program ended. `late`: it did not end within its time limit. */
export type TimedRun =
  | { readonly kind: 'missing'; readonly stdout: ''; readonly stderr: string }
  | { readonly kind: 'late'; readonly stdout: string; readonly stderr: string }
  | {
      readonly kind: 'ended';
      readonly exitCode: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly stdout: string;
      readonly stderr: string;
    };

export type TimeLimit = {
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Its whole environment. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
};

/** More than any answer that is read whole. */
const MAX_OUTPUT = 1024 * 1024;

/**
 * Runs a helper program and returns its output (the first MiB of each stream). Never rejects, and settles at the limit
 * whatever the program does: its whole group is killed, and a program that hangs in a driver and cannot be killed is not
 * waited for. An abort is such a limit.
 */
export function runWithTimeout(
  file: string,
  args: readonly string[],
  { limitMs, signal, env }: TimeLimit,
): Promise<TimedRun> {
  return new Promise((resolve) => {
    const said = { stdout: '', stderr: '' };
    let child: ChildProcess;
    try {
      // Its own group, so that a script's children, which keep its pipes open, are killed with it.
      child = spawn(file, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...(env && { env }) });
    } catch (error) {
      resolve(missing(error));
      return;
    }
    const giveUp = () => {
      end({ kind: 'late', ...said });
      killGroup(child.pid);
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      child.unref();
    };
    const timer = setTimeout(giveUp, limitMs);
    signal?.addEventListener('abort', giveUp);
    const end = (run: TimedRun) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      resolve(run);
    };
    // Without free file descriptors there are no streams.
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        if (said[name].length < MAX_OUTPUT) said[name] += text;
      });
    if (signal?.aborted) giveUp();
    child.on('error', (error) => end(missing(error)));
    child.on('close', (exitCode, killedBy) => end({ kind: 'ended', exitCode, signal: killedBy, ...said }));
  });
}

function missing(error: unknown): TimedRun {
  return { kind: 'missing', stdout: '', stderr: messageOf(error) };
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { StepsResult, StepsTask } from './steps.js';

export type Shape = Omit<StepsTask, 'device' | 'seconds'>;
export type PyTorchResult = {
  readonly version: string;
  /** The library for its matrix products. */
  readonly blas: string;
  readonly stepsMs: readonly number[];
  readonly groupsMs: Readonly<Record<string, number>>;
};

const run = promisify(execFile);
const STEPS = fileURLToPath(new URL('./steps.ts', import.meta.url));
const PYTORCH = fileURLToPath(new URL('./pytorch.py', import.meta.url));
const LIMIT_MS = 300_000;

/** Returns the times of one of the trainer's backends, in its own process; a text says why there are none. */
export async function timeBackend(task: StepsTask): Promise<StepsResult | string> {
  try {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', STEPS, JSON.stringify(task)], {
      timeout: LIMIT_MS,
      maxBuffer: 2 ** 26,
    });
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as StepsResult;
  } catch (error) {
    const text = String((error as { stderr?: string }).stderr ?? error);
    return /error\[[^\]]*\]: (.*)/.exec(text)?.[1] ?? text.trim().split('\n').at(-1) ?? 'failed';
  }
}

/** Returns PyTorch's times on one thread; null where it is not installed. */
export async function timePyTorch({ filters, dense, batch }: Shape, seconds: number) {
  const args = [PYTORCH, ...[...filters, dense, batch, seconds].map(String)];
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      const { stdout } = await run(python, args, {
        timeout: LIMIT_MS,
        env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' },
      });
      return JSON.parse(stdout) as PyTorchResult;
    } catch {
      // The next interpreter may have it.
    }
  }
  return null;
}

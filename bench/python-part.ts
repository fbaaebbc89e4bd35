import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cacheFolder } from './cache-folder.js';

const NICE = 15;

/** Returns the Python of a real part; null where it is not installed (`bash scripts/real-parts.sh NAME`). */
export function pythonOf(part: string): string | null {
  const python = join(process.env.HPO_REAL_PARTS ?? cacheFolder('hpo-ci'), part, 'bin/python');
  return existsSync(python) ? python : null;
}

/** A Python program that is spoken to in lines of JSON. */
export type PythonProgram = {
  /** Returns what it says next. */
  readonly next: () => Promise<unknown>;
  readonly send: (what: unknown) => void;
  readonly close: () => void;
};

export function startPython(python: string, script: string): PythonProgram {
  // One thread and a low priority: the machine may be busy with something else.
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'], env });
  if (child.pid !== undefined) setPriority(child.pid, NICE);
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the Python of ${script} ended`);
      return JSON.parse(value) as unknown;
    },
    send: (what) => void child.stdin.write(`${JSON.stringify(what)}\n`),
    close: () => void child.stdin.end(),
  };
}

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Params } from '../../src/core/distribution.js';
import type { Space } from '../../src/core/space.js';

const SCRIPT = fileURLToPath(new URL('./ask_tell.py', import.meta.url));

/** Python's Optuna as one process. The problems are computed here, so that both sides search the same function. */
export type Optuna = {
  readonly version: string;
  /** Runs one study; reports what `evaluate` returns to it. */
  study(space: Space, seed: number, trials: number, evaluate: (params: Params) => number): Promise<void>;
  close(): void;
};

/** Starts python3 with its Optuna; returns null when it is not installed. */
export async function startOptuna(): Promise<Optuna | null> {
  // Debian's package belongs to the system's interpreter, which may not be the first on the path.
  for (const python of ['python3', '/usr/bin/python3']) {
    const started = await start(python);
    if (started) return started;
  }
  return null;
}

async function start(python: string): Promise<Optuna | null> {
  const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'ignore'] });
  // Without python or Optuna the output ends at once and `next` detects it; then writing to it must not raise an error.
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    return done ? undefined : (JSON.parse(value) as unknown);
  };
  const version = await next();
  if (typeof version !== 'string') return null;
  return {
    version,
    async study(space, seed, trials, evaluate) {
      child.stdin.write(`${JSON.stringify({ params: space.params, seed, trials })}\n`);
      for (let k = 0; k < trials; k++) {
        const params = await next();
        if (params === undefined) throw new Error(`Optuna ended in trial ${k} of seed ${seed}`);
        child.stdin.write(`${JSON.stringify(evaluate(params as Params))}\n`);
      }
    },
    close: () => child.stdin.end(),
  };
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Params } from '../../src/core/distribution.js';
import type { Losses } from '../../src/core/pareto.js';
import type { FrontProblem } from './problems.js';

const SCRIPT = fileURLToPath(new URL('./rivals.py', import.meta.url));
const CACHE = process.env.XDG_CACHE_HOME || join(process.env.HOME ?? '', '.cache');
/** `bash scripts/real-parts.sh optuna-gp` installs it. */
const PYTHON = join(process.env.HPO_REAL_PARTS ?? join(CACHE, 'hpo-ci'), 'optuna-gp/bin/python');

export const RIVALS = ['optuna-gp', 'optuna-nsga2', 'optuna-tpe'] as const;
export type Rival = (typeof RIVALS)[number];

/** Python's Optuna as one process. The problems are computed here, so that both sides search the same function. */
export type Optuna = {
  readonly version: string;
  /** Runs one study; returns the losses of its trials. */
  readonly study: (
    rival: Rival,
    problem: FrontProblem,
    seed: number,
    trials: number,
  ) => Promise<readonly Losses[]>;
  readonly close: () => void;
};

/** Returns null where it is not installed. */
export async function startOptuna(): Promise<Optuna | null> {
  if (!existsSync(PYTHON)) return null;
  // One thread: the machine may be busy with something else.
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const child = spawn(PYTHON, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'], env });
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("Optuna's process ended");
    return JSON.parse(value) as unknown;
  };
  const send = (what: unknown) => child.stdin.write(`${JSON.stringify(what)}\n`);
  const version = (await next()) as string;
  return {
    version,
    async study(sampler, { space, values, worst }, seed, trials) {
      send({ sampler, seed, trials, objectives: worst.length, params: space.params });
      const found: Losses[] = [];
      for (let k = 0; k < trials; k++) {
        const losses = values((await next()) as Params);
        found.push(losses);
        send(losses);
      }
      return found;
    },
    close: () => child.stdin.end(),
  };
}

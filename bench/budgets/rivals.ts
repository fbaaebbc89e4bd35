import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Params } from '../../src/core/distribution.js';
import { makeLedger } from './ledger.js';
import type { Search, Searcher } from './searcher.js';

const SCRIPT = fileURLToPath(new URL('./rivals.py', import.meta.url));
const CACHE = process.env.XDG_CACHE_HOME || join(process.env.HOME ?? '', '.cache');
/** `bash scripts/real-parts.sh rivals` installs it. */
const PYTHON = join(process.env.HPO_REAL_PARTS ?? join(CACHE, 'hpo-ci'), 'rivals/bin/python');

/** Raise a revision when that rival is run in another way. */
export const RIVALS: readonly Searcher[] = [
  { name: 'optuna-tpe-median', title: 'Optuna 5 TPE + median', revision: 1, pass: 0 },
  { name: 'optuna-tpe-hyperband', title: 'Optuna 5 TPE + Hyperband', revision: 1, pass: 0 },
  { name: 'optuna-random-halving', title: 'Optuna 5 random + halving', revision: 1, pass: 0 },
  { name: 'smac-hyperband', title: 'SMAC 2.4 Hyperband', revision: 1, pass: 2 },
  { name: 'dehb', title: 'DEHB 0.1', revision: 1, pass: 0 },
  { name: 'syne-tune-asha', title: 'Syne Tune 0.16 ASHA', revision: 1, pass: 0 },
];

/** Python's optimizers as one process. The curves are computed here, and the epochs counted. */
export type Rivals = {
  /** By package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly search: (rival: Searcher) => Search;
  readonly close: () => void;
};

type Ask = { readonly trial: string; readonly params: Params; readonly epoch: number };

/** Returns null where they are not installed. */
export async function startRivals(): Promise<Rivals | null> {
  if (!existsSync(PYTHON)) return null;
  // One thread: the machine may be busy with something else.
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const child = spawn(PYTHON, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'], env });
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the Python of the rivals ended');
    return JSON.parse(value) as unknown;
  };
  const send = (what: unknown) => child.stdin.write(`${JSON.stringify(what)}\n`);
  const versions = (await next()) as Readonly<Record<string, string>>;
  return {
    versions,
    search: (rival) => async (table, seed, budget) => {
      const ledger = makeLedger(table, budget);
      send({ rival: rival.name, params: table.space.params, epochs: table.epochs, budget, seed });
      for (let asked = await next(); asked !== 'end'; asked = await next()) {
        const { trial, params, epoch } = asked as Ask;
        // NaN becomes null.
        send(ledger.train(trial, table.losses(params), epoch));
      }
      return ledger.best();
    },
    close: () => child.stdin.end(),
  };
}

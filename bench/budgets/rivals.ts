import { fileURLToPath } from 'node:url';
import type { Params } from '../../src/core/distribution.js';
import { pythonOf, startPython } from '../python-part.js';
import { makeLedger } from './ledger.js';
import type { Search, Searcher } from './searcher.js';

const SCRIPT = fileURLToPath(new URL('./rivals.py', import.meta.url));

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
  const python = pythonOf('rivals');
  if (python === null) return null;
  const { next, send, close } = startPython(python, SCRIPT);
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
    close,
  };
}

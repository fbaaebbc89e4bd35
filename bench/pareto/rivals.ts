import { fileURLToPath } from 'node:url';
import type { Params } from '../../src/core/distribution.js';
import type { Losses } from '../../src/core/pareto.js';
import { pythonOf, startPython } from '../python-part.js';
import type { FrontProblem } from './problems.js';

const SCRIPT = fileURLToPath(new URL('./rivals.py', import.meta.url));

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
  const python = pythonOf('optuna-gp');
  if (python === null) return null;
  const { next, send, close } = startPython(python, SCRIPT);
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
    close,
  };
}

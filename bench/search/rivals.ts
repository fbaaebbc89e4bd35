import { fileURLToPath } from 'node:url';
import type { Params } from '../../src/core/distribution.js';
import type { Space } from '../../src/core/space.js';
import { pythonOf, startPython } from '../python-part.js';

const SCRIPT = fileURLToPath(new URL('./rivals.py', import.meta.url));

/** Another optimizer, with its default settings. */
export type Rival = {
  readonly name: string;
  readonly title: string;
  /** The real part that it is installed in, and its package. */
  readonly part: string;
  readonly package: string;
  /** Its searches take about a second. */
  readonly isFast: boolean;
  /** Raise it when the rival is run in another way: its kept results are then not used. */
  readonly revision: number;
};

const optuna = { part: 'optuna-gp', package: 'optuna', revision: 1 };

/** In the order in which they are measured: the fast ones first. */
export const RIVALS: readonly Rival[] = [
  { ...optuna, name: 'optuna-tpe', title: 'Optuna 5 TPE', isFast: true },
  {
    name: 'rustuna-tpe',
    title: 'Rustuna 0.2 TPE',
    part: 'rustuna',
    package: 'rustuna',
    revision: 1,
    isFast: true,
  },
  { name: 'smac', title: 'SMAC 2.4', part: 'rivals', package: 'smac', revision: 1, isFast: false },
  { ...optuna, name: 'optuna-gp', title: 'Optuna 5 GP', isFast: false },
  { ...optuna, name: 'optuna-auto', title: 'OptunaHub auto', isFast: false },
  { name: 'ax', title: 'Ax 1.3', part: 'ax', package: 'ax-platform', revision: 1, isFast: false },
  { name: 'hebo', title: 'HEBO 0.3.6', part: 'hebo', package: 'HEBO', revision: 1, isFast: false },
];

/** What one optimizer asks for, and how it is answered. */
export type Job = {
  readonly rival: string;
  readonly space: Space;
  readonly seed: number;
  readonly trials: number;
  /** Returns the loss of a configuration; null where the trial fails. */
  readonly evaluate: (params: Params) => number | null;
};

export type Ended = {
  readonly cpuSeconds: number;
  /** What ended the search early; null where nothing did. */
  readonly error: string | null;
};

/** The optimizers of one real part, as one process. The problems are computed here, so that all search the same function. */
export type RivalProcess = {
  /** By package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly search: (job: Job) => Promise<Ended>;
  readonly close: () => void;
};

type Message = { readonly params: Params } | { readonly cpuSeconds: number; readonly error?: string };

/** Returns null where the part is not installed. */
export async function startRivals(part: string): Promise<RivalProcess | null> {
  const python = pythonOf(part);
  if (python === null) return null;
  const { next, send, close } = startPython(python, SCRIPT);
  const versions = (await next()) as Readonly<Record<string, string>>;
  return {
    versions,
    async search({ rival, space, seed, trials, evaluate }) {
      send({ rival, params: space.params, seed, trials });
      for (;;) {
        const message = (await next()) as Message;
        if (!('params' in message)) return { cpuSeconds: message.cpuSeconds, error: message.error ?? null };
        send(evaluate(message.params));
      }
    },
    close,
  };
}

import { fileURLToPath } from 'node:url';
import type { Params } from '../../src/core/distribution.js';
import { pythonOf, startPython } from '../python-part.js';
import { makeObserver } from '../search/observer.js';
import type { Problem } from '../search/problems.js';

export const TRIALS = 100;
/** The samplers of one study: `HpoSampler()`, and Optuna's own with their defaults. */
export const SAMPLERS = ['hpo', 'tpe', 'gp'] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** What one search found and took. */
export type Run = { readonly best: number; readonly wallSeconds: number; readonly cpuSeconds: number };
type Message = { readonly params: Params } | Omit<Run, 'best'>;

const SCRIPT = fileURLToPath(new URL('./search.py', import.meta.url));
const HPO = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** One Optuna, in which all samplers search. */
export type Searches = {
  readonly version: string;
  readonly search: (problem: Problem, sampler: SamplerName, seed: number) => Promise<Run>;
  readonly close: () => void;
};

/** Returns null where no Optuna with what its GPSampler needs is installed. */
export async function startSearches(): Promise<Searches | null> {
  const python = pythonOf('optuna-gp');
  if (python === null) return null;
  process.env.HPO_COMMAND = `${process.execPath} ${HPO}`;
  const { next, send, close } = startPython(python, SCRIPT);
  const version = (await next()) as string;
  return {
    version,
    close,
    async search(problem, sampler, seed) {
      const observer = makeObserver(problem, seed);
      send({ sampler, seed, params: problem.space.params, trials: TRIALS });
      for (;;) {
        const message = (await next()) as Message;
        if (!('params' in message)) return { ...message, best: observer.best().at(-1) as number };
        send(observer.evaluate(message.params));
      }
    },
  };
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSources } from '../budgets/source-hash.js';
import { cacheFolder } from '../cache-folder.js';

/** Outside the repository: a change of the samplers makes all results others. A bench that was ended continues with them. */
const FOLDER = cacheFolder('hpo-bench', 'pareto');
/** Raise it when a problem changes. */
const REVISION = 1;

export type Run = { readonly volume: readonly number[]; readonly askMs: number };

/** Returns a function that returns the kept result of a run, or measures it. */
export function makeKeeper(): (problem: string, sampler: string, seed: number, measure: () => Run) => Run {
  const folder = join(FOLDER, `${REVISION}-${hashSources(['samplers', 'core'])}`);
  mkdirSync(folder, { recursive: true });
  return (problem, sampler, seed, measure) => {
    const file = join(folder, `${problem}-${sampler}-${seed}.json`);
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Run;
    } catch {
      const run = measure();
      writeFileSync(file, JSON.stringify(run));
      return run;
    }
  };
}

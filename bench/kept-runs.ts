import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSources } from './budgets/source-hash.js';
import { cacheFolder } from './cache-folder.js';

/** What results depend on, besides their names. */
export type Origin = {
  readonly bench: string;
  /** Raise it when the bench measures in another way. */
  readonly revision: number;
  /** Folders of src whose change makes all results others. */
  readonly sources: readonly string[];
};

/** Returns a function that returns the kept result of a run, or measures it: a bench that was ended continues with them. */
export function makeKeeper<Run>({
  bench,
  revision,
  sources,
}: Origin): (name: string, measure: () => Run) => Run {
  const folder = join(cacheFolder('hpo-bench', bench), `${revision}-${hashSources(sources)}`);
  mkdirSync(folder, { recursive: true });
  return (name, measure) => {
    const file = join(folder, `${name}.json`);
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Run;
    } catch {
      const run = measure();
      writeFileSync(file, JSON.stringify(run));
      return run;
    }
  };
}

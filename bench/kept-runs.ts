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

/** Results by the names of their runs, in files of the cache. */
type Kept<Run> = { find(name: string): Run | null; keep(name: string, run: Run): Run };

/** Returns a function that returns the kept result of a run, or measures it: a bench that was ended continues with them. */
export function makeKeeper<Run>(origin: Origin): (name: string, measure: () => Run) => Run {
  const kept = keptRuns<Run>(origin);
  return (name, measure) => kept.find(name) ?? kept.keep(name, measure());
}

/** The same for runs that are waited for. */
export function makeWaitingKeeper<Run>(
  origin: Origin,
): (name: string, measure: () => Promise<Run>) => Promise<Run> {
  const kept = keptRuns<Run>(origin);
  return async (name, measure) => kept.find(name) ?? kept.keep(name, await measure());
}

function keptRuns<Run>({ bench, revision, sources }: Origin): Kept<Run> {
  const folder = join(cacheFolder('hpo-bench', bench), `${revision}-${hashSources(sources)}`);
  mkdirSync(folder, { recursive: true });
  const fileOf = (name: string) => join(folder, `${name}.json`);
  return {
    find(name) {
      try {
        return JSON.parse(readFileSync(fileOf(name), 'utf8')) as Run;
      } catch {
        return null;
      }
    },
    keep(name, run) {
      writeFileSync(fileOf(name), JSON.stringify(run));
      return run;
    },
  };
}

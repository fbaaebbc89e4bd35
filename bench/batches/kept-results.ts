import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSources } from '../budgets/source-hash.js';
import { cacheFolder } from '../cache-folder.js';

/** Results are kept outside the repository until a sampler or the way it is asked changes, so that a bench can be continued. */
const FOLDER = cacheFolder('hpo-bench', 'batches');

/** Returns a function that returns a result of an earlier run by its name, or else runs it and keeps what it returns. */
export function keptResults() {
  const file = join(FOLDER, `${hashSources(['samplers', 'study/ask'])}.json`);
  const kept = new Map<string, number>(read(file));
  mkdirSync(FOLDER, { recursive: true });
  return async (name: string, run: () => Promise<number>): Promise<number> => {
    const known = kept.get(name);
    if (known !== undefined) return known;
    const value = await run();
    kept.set(name, value);
    writeFileSync(file, JSON.stringify([...kept]));
    return value;
  };
}

function read(file: string): [string, number][] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as [string, number][];
  } catch {
    return [];
  }
}

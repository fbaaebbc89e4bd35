import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawUniform } from '../../src/core/draw.js';
import { makeRng } from '../../src/core/rng.js';
import { resolve } from '../../src/core/space.js';
import { cacheFolder } from '../cache-folder.js';
import type { Searcher } from './searcher.js';
import type { CurveTable } from './table.js';

/**
 * Results are kept outside the repository, because a search may take a minute and all of them take hours. A change of the
 * curves, of the budget or of the searcher makes them others.
 */
const FOLDER = cacheFolder('hpo-bench', 'budgets');
const PROBES = 8;

export type Kept = {
  readonly searcher: Pick<Searcher, 'name' | 'revision'>;
  readonly table: CurveTable;
  readonly seed: number;
  readonly budget: number;
};

/** Epoch and value of each improvement. */
type Improvements = readonly (readonly [epoch: number, loss: number])[];

/** Returns what a search reached after each epoch, when it has been measured before; else null. */
export function keptResult(search: Kept): readonly number[] | null {
  try {
    const kept = JSON.parse(readFileSync(fileOf(search), 'utf8')) as Improvements;
    const best = new Array<number>(search.budget).fill(Number.POSITIVE_INFINITY);
    for (const [epoch, loss] of kept) best.fill(loss, epoch - 1);
    return best;
  } catch {
    return null;
  }
}

export function keepResult(search: Kept, best: readonly number[]): void {
  const kept: Improvements = best.flatMap((loss, k) =>
    Number.isFinite(loss) && loss !== best[k - 1] ? [[k + 1, loss] as const] : [],
  );
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(fileOf(search), JSON.stringify(kept));
}

function fileOf({ searcher, table, seed, budget }: Kept): string {
  const what = [searcher.revision, table.space.params, curvesOf(table), budget];
  const hash = createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);
  return join(FOLDER, `${searcher.name}-${hash}-${seed}.json`);
}

/** Returns the curves of some configurations: another table has others. */
function curvesOf(table: CurveTable): readonly (readonly number[])[] {
  const rng = makeRng(1, 'probes');
  return Array.from({ length: PROBES }, () =>
    table.losses(resolve(table.space, ({ distribution }) => drawUniform(distribution, rng)).params),
  );
}

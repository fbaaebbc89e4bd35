import { type Importances, importances } from '../../../analysis/importance.js';
import { HpoError } from '../../../core/errors.js';
import { makeRng } from '../../../core/rng.js';
import type { Space } from '../../../core/space.js';
import type { ConfigView } from '../../../core/study-view.js';

/** What importances of one objective are found from; plain data, which another thread can be given. */
export type ImportanceTask = {
  readonly space: Space;
  readonly configurations: readonly Pick<ConfigView, 'params' | 'state' | 'values' | 'trialCount'>[];
  readonly objective: number;
  readonly seed: number;
};

/** `none`: why there are none. */
export type ImportanceResult = { readonly found: Importances } | { readonly none: string };

/** Finds importances somewhere: in this thread, or in another one. */
export type Judge = (task: ImportanceTask) => Promise<ImportanceResult>;

/** Finds importances here, which takes up to seconds. */
export function judge({ space, configurations, objective, seed }: ImportanceTask): ImportanceResult {
  try {
    const rng = makeRng(seed, 'importance', objective);
    return { found: importances(space, configurations, objective, rng) };
  } catch (error) {
    if (error instanceof HpoError) return { none: error.message };
    throw error;
  }
}

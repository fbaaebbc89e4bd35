import type { StudyStore, TrialLimit } from '../../storage/storage.js';
import type { StudyRows } from '../study-context.js';
import type { Exhausted } from './propose.js';

/** Returns a total of trials as the storage enforces it; null for no limit. `repeats`: trials of each configuration. */
export function limitOf(repeats: number, budget: number | null): TrialLimit | null {
  return budget === null ? null : { trials: budget, repeats };
}

/** Returns why the study gets no new configuration when it has as many trials as the limit allows; else null. */
export async function fullness(
  { storage, id }: StudyRows<StudyStore>,
  limit: TrialLimit | null,
): Promise<Exhausted | null> {
  if (limit === null) return null;
  const { trials, committed } = await storage.count(id, ['trials', 'committed'], limit.repeats);
  if (committed < limit.trials) return null;
  const missing = committed > trials ? `, and ${committed - trials} repeats to come` : '';
  return { exhausted: `the study has ${trials} trials${missing}, the budget is ${limit.trials}`, full: true };
}

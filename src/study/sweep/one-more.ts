import type { QueueContext } from './sweep-context.js';

type Counted = Pick<QueueContext, 'storage' | 'id' | 'spec'>;

/**
 * Returns how many trials a study has before its scheduler decides, those to come included. Null where the decision does not
 * depend on how many there are: only a population is no larger than it was meant to be.
 */
export async function countSeen({ storage, id, spec }: Counted): Promise<number | null> {
  if (spec.scheduler.name !== 'pbt') return null;
  return (await storage.count(id, ['committed'], spec.repeats)).committed;
}

/** Returns the total with which a new configuration is asked for: one more than the scheduler has seen, so that no other comes between. */
export function oneMore(seen: number | null, { spec }: Counted, budget: number | null): number | null {
  if (seen === null) return budget;
  return Math.min(seen + spec.repeats, budget ?? Number.POSITIVE_INFINITY);
}

/** Whether other orchestrators have added trials since, and the study may have more: then the scheduler decides again. */
export async function isOutdated(
  seen: number | null,
  study: Counted,
  budget: number | null,
): Promise<boolean> {
  const now = await countSeen(study);
  if (seen === null || now === null || now <= seen) return false;
  return now < (budget ?? Number.POSITIVE_INFINITY);
}

import { withDefaults } from '../../core/component-options.js';
import type { StudySpec } from '../../core/spec.js';
import { intervalOf, replacedOf } from '../../schedulers/pbt.js';
import { schedulers } from '../../schedulers/registry.js';

/** What is known of a population before it is trained. */
export type Population = {
  /** How many trials begin at the beginning. */
  readonly members: number;
  /** How many of them and their successors are replaced at most; null while nobody knows how long a full trial is. */
  readonly replaced: number | null;
};

/** Returns the population that a study trains; null with another scheduler. */
export function populationOf({
  scheduler,
  maxSteps,
}: Pick<StudySpec, 'scheduler' | 'maxSteps'>): Population | null {
  const entry = schedulers.find(({ name }) => name === scheduler.name);
  if (entry?.name !== 'pbt') return null;
  const options = withDefaults(entry.options, scheduler.options) as Readonly<Record<string, number>>;
  const { population = 0, interval = 0, truncation = 0 } = options;
  if (maxSteps === null) return { members: population, replaced: null };
  const comparisons = Math.max(0, Math.ceil(maxSteps / intervalOf(interval, maxSteps)) - 1);
  return { members: population, replaced: comparisons * replacedOf(population, { population, truncation }) };
}

/** Says how many trials there will be. `budget`: no more than these; null for no limit. */
export function populationLine({ members, replaced }: Population, budget: number | null): string {
  const most = Math.min(
    budget ?? Number.POSITIVE_INFINITY,
    replaced === null ? Number.POSITIVE_INFINITY : members + replaced,
  );
  const trials = Number.isFinite(most) ? `, ${most} trials at most` : '';
  const size = `a population of ${budget === null ? members : Math.min(members, budget)}`;
  return `${size}, the worst of which are replaced by copies of the best${trials}`;
}

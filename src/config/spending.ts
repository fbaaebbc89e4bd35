import { withMicroSign } from '../core/metric-name.js';
import type { SpendingLimit } from '../core/spending.js';

/** A budget with the keys of a sweep file. */
export type GivenSpending = {
  readonly steps?: number | undefined;
  readonly hours?: number | undefined;
  readonly metric?: string | undefined;
  readonly max?: number | undefined;
};

/** What a flag takes, in words. */
export const SPENDING = 'expected steps=5000, hours=8 or metric=cost_usd,max=20';

/** Returns a budget in hpo's form. */
export function toSpending({ steps, hours, metric, max }: GivenSpending): SpendingLimit {
  return {
    steps: steps ?? null,
    hours: hours ?? null,
    metric: metric === undefined || max === undefined ? null : { name: metric, max },
  };
}

/** Returns why a budget names no limit, or half of one; null for a good one. */
export function spendingFault({ steps, hours, metric, max }: GivenSpending): string | null {
  if ((metric === undefined) !== (max === undefined)) return 'expected metric and max together';
  const isEmpty = steps === undefined && hours === undefined && metric === undefined;
  return isEmpty ? 'expected steps, hours, or metric and max' : null;
}

const isAmount = (value: number) => Number.isFinite(value) && value > 0;
const NUMBERS: Readonly<Record<string, (value: number) => boolean>> = {
  steps: (value) => Number.isSafeInteger(value) && value >= 1,
  hours: isAmount,
  max: isAmount,
};

/** Reads the text form of a flag; null for anything else. */
export function parseSpending(text: string): SpendingLimit | null {
  const given = new Map<string, string | number>();
  for (const part of text.split(',')) {
    const [key = '', value = '', ...more] = part.trim().split('=');
    if (more.length > 0 || value === '' || given.has(key)) return null;
    const isGood = Object.hasOwn(NUMBERS, key) && NUMBERS[key]?.(Number(value));
    if (key !== 'metric' && !isGood) return null;
    given.set(key, key === 'metric' ? withMicroSign(value) : Number(value));
  }
  const spending: GivenSpending = Object.fromEntries(given);
  return spendingFault(spending) === null ? toSpending(spending) : null;
}

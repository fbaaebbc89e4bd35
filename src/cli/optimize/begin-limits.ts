import type { ChangedLimits } from '../../core/study-control.js';
import type { ChangeableLimits } from '../../executors/changeable-limits.js';
import type { Plan, SweepLimits } from './plan.js';
import type { SlotLayout } from './slots.js';

/** Returns the limits with which a call begins; `hpo set` and the page may change each while it runs. */
export function beginLimits(
  { total }: Pick<Plan, 'total'>,
  { slots }: Pick<SlotLayout, 'slots'>,
  { timeoutMs, patience, given }: Pick<SweepLimits, 'timeoutMs' | 'patience' | 'given'>,
  { trialTimeoutMs, noProgressTimeoutMs }: ChangeableLimits,
): ChangedLimits {
  const attempts = { trialTimeoutMs, noProgressTimeoutMs };
  return { trials: total, maxConcurrent: slots.length, patience, timeoutMs, ...attempts, ...given };
}

import type { Spent } from '../core/spending.js';
import { TrialTable } from './trial-table.js';

const RUNNING = TrialTable.STATES.indexOf('RUNNING');

/**
 * Returns what the trials of a table have spent. Attempts that run count until `nowMs`. The metric is that of costs which add
 * up within a trial: its last value counts, where it is a number.
 */
export function spentIn(
  table: TrialTable,
  { metric, nowMs }: { readonly metric: string | null; readonly nowMs: number },
): Spent {
  let [steps, ms, cost] = [0, 0, 0];
  const costs = metric === null ? undefined : table.metrics.get(metric);
  for (let trial = 0; trial < table.length; trial++) {
    if (table.stateOf(trial) === null) continue;
    steps += table.epochs.get(trial);
    ms += table.spentMs.get(trial);
    const startedAtMs = table.startedAtMs.get(trial);
    if (table.states.get(trial) === RUNNING && !Number.isNaN(startedAtMs))
      ms += Math.max(0, nowMs - startedAtMs);
    const own = costs?.get(trial);
    if (own !== undefined && Number.isFinite(own)) cost += own;
  }
  return { steps, hours: ms / 3_600_000, metric: cost };
}

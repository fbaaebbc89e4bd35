import type { StudySpec } from '../core/spec.js';
import { durationText } from '../loggers/event-messages.js';
import type { Savings } from '../results/savings.js';
import type { StudyDigest } from '../results/study-digest.js';

/** How many reasons of failures are shown. */
const MAX_REASONS = 3;
const MAX_REASON_LENGTH = 100;

/** Returns `sampler tpe, pruner median`, or `sampler tpe, scheduler asha`. */
export function searchText({
  sampler,
  pruner,
  scheduler,
}: Pick<StudySpec, 'sampler' | 'pruner' | 'scheduler'>): string {
  const rule = scheduler.name === 'none' ? `pruner ${pruner.name}` : `scheduler ${scheduler.name}`;
  return `sampler ${sampler.name}, ${rule}`;
}

/**
 * Returns what was saved in one line, as steps and time spent against the full budget: `saved 38 %: 25 of 40 epochs spent, 12.5
 * s of 20 s of one slot; median 15 in 2 trials`. Null where every trial was trained in full.
 */
export function savingsText(savings: Savings): string | null {
  const { steps, hours, prunedTrials, by } = savings;
  if (prunedTrials === 0 && steps.full === steps.spent) return null;
  if (steps.full === null)
    return `saved: unknown without a complete trial that reported steps, or max_steps; ${steps.spent} epochs spent, ${prunedTrials} pruned`;
  const share = steps.full === 0 ? 0 : 1 - steps.spent / steps.full;
  const time =
    hours.full === null || hours.spent === 0
      ? ''
      : `, ${hoursText(hours.spent)} of about ${hoursText(hours.full)} of one slot`;
  const parts = by.map((each) => `${each.stoppedBy} ${each.savedSteps ?? 0} in ${trialsText(each.trials)}`);
  const who = parts.length === 0 ? '' : `; ${parts.join(', ')}`;
  return `saved ${Math.round(100 * share)} %: ${steps.spent} of ${steps.full} epochs spent${time}${who}`;
}

function hoursText(hours: number): string {
  return durationText(hours * 3_600_000);
}

/** Returns why trials failed, the most frequent reasons first, a line for each. */
export function failureLines({ failed, failures }: Pick<StudyDigest, 'failed' | 'failures'>): string[] {
  if (failed === 0) return [];
  const shown = failures.slice(0, MAX_REASONS);
  const rest = failures.length - shown.length;
  return [
    `${trialsText(failed)} failed:`,
    ...shown.map(({ reason, trials, first }) => `  ${trials} x ${clipped(reason)} (first: trial ${first})`),
    ...(rest > 0 ? [`  and ${rest} more reason${rest === 1 ? '' : 's'}`] : []),
  ];
}

function trialsText(count: number): string {
  return `${count} trial${count === 1 ? '' : 's'}`;
}

function clipped(text: string): string {
  return text.length > MAX_REASON_LENGTH ? `${text.slice(0, MAX_REASON_LENGTH - 1)}…` : text;
}

import type { StudySpec } from '../core/spec.js';
import { durationText } from '../loggers/event-messages.js';
import type { Savings } from '../results/savings.js';
import type { StudyDigest } from '../results/study-digest.js';

/** How many reasons of failures are shown. */
const MAX_REASONS = 3;
const MAX_REASON_LENGTH = 100;

/** Returns `sampler tpe, pruner median`. */
export function searchText({ sampler, pruner }: Pick<StudySpec, 'sampler' | 'pruner'>): string {
  return `sampler ${sampler.name}, pruner ${pruner.name}`;
}

/** Returns what pruning saved in one line; null when nothing was pruned. */
export function savingsText({
  prunedTrials,
  fullSteps,
  savedSteps,
  savedShare,
  savedMs,
  by,
}: Savings): string | null {
  if (prunedTrials === 0) return null;
  if (fullSteps === null || savedSteps === null)
    return `pruning: ${prunedTrials} pruned; what it saved is unknown without a complete trial that reported steps`;
  const share = savedShare === null ? '' : ` (${Math.round(100 * savedShare)} %)`;
  const time = savedMs === null ? '' : `, about ${durationText(savedMs)} of one slot`;
  const parts = by.map((each) => `${each.stoppedBy} ${each.savedSteps ?? 0} in ${trialsText(each.trials)}`);
  return `pruning saved ${savedSteps} epoch${savedSteps === 1 ? '' : 's'}${share}${time}: ${parts.join(', ') || trialsText(prunedTrials)}`;
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

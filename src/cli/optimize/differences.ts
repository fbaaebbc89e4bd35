import type { SpecDifference } from '../../config/spec-diff.js';
import { usageError } from '../../core/errors.js';
import type { ResolvedSweep } from './load.js';

/**
 * Refuses parameters of another kind or scale. `startOver`: the command that removes the study, where no result would be lost; else null.
 * @throws HpoError study.choices-changed (usage).
 */
export function refuseKinds(
  differences: readonly SpecDifference[],
  { name, file }: Pick<ResolvedSweep, 'name' | 'file'>,
  startOver: string | null,
): void {
  const kinds = differences.filter(({ kind }) => kind);
  if (kinds.length === 0) return;
  const other = startOver === null ? '' : `, or remove the study, which has no result yet: ${startOver}`;
  throw usageError(
    'study.choices-changed',
    `study ${name} has parameters of another type (int, float or choices) or scale than ${file}, and ` +
      `Optuna refuses a study that mixes them:\n${show(kinds)}`,
    { fix: `give a new study name (--study NEW)${other}` },
  );
}

/**
 * Refuses other earlier studies: what they had found is kept with the study since it was made.
 * @throws HpoError study.transfer-changed (usage).
 */
export function refuseOtherTransfer(
  differences: readonly SpecDifference[],
  { name, file }: Pick<ResolvedSweep, 'name' | 'file'>,
): void {
  const transfer = differences.filter(({ area }) => area === 'transfer');
  if (transfer.length === 0) return;
  throw usageError(
    'study.transfer-changed',
    `study ${name} learns from other earlier studies than ${file} names, and keeps what they had found when it was made:\n${show(transfer)}`,
    { fix: 'restore transfer (weight: 0 leaves them out), or give a new study name (--study NEW)' },
  );
}

/** A line each for where, what is stored and what there is now. */
export function show(differences: readonly SpecDifference[]): string {
  return differences
    .map(({ area, path, stored, now }) => `  ${path || area}\n    stored: ${stored}\n    now:    ${now}`)
    .join('\n');
}

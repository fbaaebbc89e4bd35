import { HpoError, usageError } from '../../../core/errors.js';
import type { JsonValue } from '../../../core/trial.js';
import type { Checkpoints } from '../../executor.js';

/** What an objective saved last, and the steps that it had done. */
export type SavedState = {
  /** The newest step that the trial had reported when it was saved; 0 before the first report. */
  readonly step: number;
  /** Its attempt saves before it reports: where a later step was reported, the state is that of the next one. */
  readonly isBeforeReport: boolean;
  /** A copy: JSON as text, or bytes. */
  readonly data: string | Uint8Array;
};

/** The checkpoints of a study whose trials are functions of this program. One for each trial: a later one replaces it. */
export interface SavedStates extends Checkpoints {
  /** Null: the trial has saved nothing. */
  read(trial: number): Promise<SavedState | null>;
  write(trial: number, state: SavedState): Promise<void>;
  /** Makes a copy the state of a trial, once. */
  begin(trial: number, copy: string): Promise<void>;
}

/**
 * Returns a copy of what an objective saves, as it is kept.
 * @throws HpoError checkpoint.data (usage) for what is neither JSON nor bytes.
 */
export function toSavedData(given: unknown): string | Uint8Array {
  if (given instanceof Uint8Array) return Uint8Array.from(given);
  const isOther = ArrayBuffer.isView(given) || given instanceof ArrayBuffer || given instanceof Promise;
  let text: string | undefined;
  try {
    if (!isOther && given !== null) text = JSON.stringify(given);
  } catch {
    // A circle, or a bigint.
  }
  if (text !== undefined) return text;
  const got = isOther ? `a ${Object(given).constructor.name}` : given === null ? 'null' : typeof given;
  throw usageError('checkpoint.data', `expected JSON or a Uint8Array to save, got ${got}`, {
    fix: 'await trial.checkpoint.save({ weights }), or save(new Uint8Array(weights.buffer)) for a typed array',
  });
}

/** Returns what was saved, in the form in which the objective gave it. */
export function fromSavedData(data: string | Uint8Array): JsonValue | Uint8Array {
  return typeof data === 'string' ? (JSON.parse(data) as JsonValue) : Uint8Array.from(data);
}

/**
 * Returns how many steps the state of a trial has done. `reported`: the steps that the trial has reported, in any order.
 */
export function doneSteps({ step, isBeforeReport }: SavedState, reported: readonly number[]): number {
  if (!isBeforeReport) return step;
  return reported.reduce((next, each) => (each > step && (next === step || each < next) ? each : next), step);
}

/** Returns whether two copies were made for the same trial's place: one of them is used. */
export function isForSamePlace(a: string, b: string): boolean {
  return a.split('-')[0] === b.split('-')[0];
}

/** Returns the name of a copy as part of a path. @throws HpoError executor.bad-copy: it came out of a database. */
export function checkedCopy(name: string): string {
  if (/^[0-9]+-[0-9a-f]+$/.test(name)) return name;
  throw new HpoError(
    'executor.bad-copy',
    `a copy of checkpoints is named TRIAL-ID, got ${JSON.stringify(name)}`,
  );
}

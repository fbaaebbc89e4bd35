import { HpoError } from '../../core/errors.js';

const LONGEST = 400;

/**
 * What was thrown, in one line. Addons throw strings, undefined and objects without a text as well, so nothing is
 * expected of it.
 */
export function reasonOf(thrown: unknown): string {
  let text: string;
  try {
    text = thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    text = 'something that has no text was thrown';
  }
  // Line breaks and whatever else must not reach a terminal.
  const plain = text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim() || 'an error without a message';
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}...` : plain;
}

/** How to mend what was thrown, where it says so. */
export function fixIn(thrown: unknown): string | undefined {
  return thrown instanceof HpoError ? thrown.fix : undefined;
}

/** Whether a backend is merely not installed. */
export function isAbsent(thrown: unknown): boolean {
  return thrown instanceof HpoError && thrown.code === 'trainer.missing-package';
}

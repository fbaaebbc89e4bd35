import { HpoError } from '../../core/errors.js';

const LONGEST = 400;

/**
 * Returns what was thrown, in one line. Addons also throw strings, undefined and objects without text, so it may be
 * anything.
 */
export function reasonOf(thrown: unknown): string {
  let text: string;
  try {
    text = thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    text = 'the thrown value has no text';
  }
  // No line breaks or control characters may reach a terminal.
  const plain = text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim() || 'an error without a message';
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}...` : plain;
}

/** Returns the fix that a thrown error carries; undefined when it has none. */
export function fixIn(thrown: unknown): string | undefined {
  return thrown instanceof HpoError ? thrown.fix : undefined;
}

/** Whether a backend is only missing, not broken. */
export function isAbsent(thrown: unknown): boolean {
  return thrown instanceof HpoError && thrown.code === 'trainer.missing-package';
}

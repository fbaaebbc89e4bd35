import { readFileSync } from 'node:fs';
import type { SourceFacts } from './known-choices.js';
import { isNumberText } from './script-option.js';

/** Short texts in quotes. */
const WORDS = /(['"`])([A-Za-z_]{2,30})\1/g;
const MAX_BYTES = 1024 * 1024;

/** Returns the short texts in a JavaScript file: names of optimizers that it compares with. */
export function nodeSource(file: string): { readonly facts: SourceFacts } {
  const words = [...readSource(file).matchAll(WORDS)].map(([, , word = '']) => word);
  return { facts: { words: [...new Set(words)], looksUpOptimizers: false } };
}

/**
 * Returns the number that a JavaScript file puts in the place of a missing option: `values.lr ?? 0.01`, `values['lr'] || '0.01'`.
 * Null when it has none.
 */
export function numberInsteadOf(file: string, name: string): number | null {
  const key = name.replace(/[^\w-]/g, '');
  const written = new RegExp(
    `(?:\\.${key.replaceAll('-', '_')}|\\[['"]${key}['"]\\])\\s*(?:\\?\\?|\\|\\|)\\s*['"]?([-+.\\deE]+)`,
  );
  const found = written.exec(readSource(file))?.[1];
  return found !== undefined && isNumberText(found) ? Number(found) : null;
}

function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, MAX_BYTES);
  } catch {
    return '';
  }
}

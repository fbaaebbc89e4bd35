import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellLine, shellWord } from '../../src/core/shell-word.js';

/** What a POSIX shell makes of these words. */
function readBack(words: readonly string[]): string[] {
  const script = `set -- ${words.join(' ')}; for arg; do printf '%s\\0' "$arg"; done`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

const HOSTILE = [
  "it's",
  '$(touch pwned)',
  '`x`',
  '\\n \\0101 %s %b',
  '!',
  '-n',
  'a\tb',
  'x\ny',
  '\u001b[2J',
  '\r',
];

test('a POSIX shell reads a word back, whatever the text is', () => {
  // No argument of a program holds a NUL.
  const text = fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\0'));
  const texts = [...HOSTILE, ...fc.sample(text, { numRuns: 300, seed: 1 })];
  expect(readBack(texts.map(shellWord))).toEqual(texts);
});

test('a word for copying holds no control character, and reads back too', () => {
  const unit = fc.constantFrom(...'ab\\\'"$`%0 \n\r\t\u001b\u007f\u0001');
  const text = fc.string({ unit, maxLength: 12 }).filter((each) => !each.endsWith('\n'));
  const texts = [...HOSTILE, ...fc.sample(text, { numRuns: 300, seed: 1 })];
  const words = texts.map(shellLine);
  for (const word of words) expect(word).not.toMatch(/[\u0000-\u001f\u007f]/);
  expect(readBack(words)).toEqual(texts);
});

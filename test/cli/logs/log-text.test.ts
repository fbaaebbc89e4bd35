import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogText } from '../../../src/cli/logs/log-text.js';

const shown = (...parts: readonly (string | Uint8Array)[]) => shownWith(false, ...parts);
const shownWith = (hasColors: boolean, ...parts: readonly (string | Uint8Array)[]) => {
  const text = new LogText({ hasColors });
  return parts.map((part) => text.push(Buffer.from(part as string))).join('') + text.end();
};

test.each([
  ['plain lines stay', 'a\nb\n', 'a\nb\n'],
  ['a last line without an end has one', 'a\nb', 'a\nb\n'],
  ['a progress bar is shown as it was in the end', '10%|#\r50%|##\r100%|###\nnext\n', '100%|###\nnext\n'],
  ['what a shorter line does not cover stays', 'abcdef\rxy\n', 'xycdef\n'],
  ['unless it clears the line', 'abcdef\r\u001b[Kxy\n', 'xy\n'],
  ['line ends of Windows are line ends', 'a\r\nb\r\n', 'a\nb\n'],
  ['colors and titles leave', '\u001b[31mred\u001b[0m \u001b]0;title\u0007x\n', 'red x\n'],
  ['other control characters are shown', 'a\u0007\u009b31m\u202eb\n', 'a\\u0007\\u009b31m\\u202eb\n'],
  ['a tab is blanks', 'a\tb\n', 'a    b\n'],
])('%s', (_, log, expected) => {
  expect(shown(log)).toBe(expected);
});

test.each([
  ['a color ends with its line', '\u001b[31mred\nplain\n', '\u001b[31mred\u001b[0m\nplain\n'],
  ['all else leaves', '\u001b[1mbold\u001b[2J\u0007\u001b[0m\n', '\u001b[1mbold\\u0007\u001b[0m\u001b[0m\n'],
  [
    'a progress bar has its last color',
    '\u001b[31m10%\r\u001b[32m100%\u001b[0m\n',
    '\u001b[32m100%\u001b[0m\u001b[0m\n',
  ],
  ['two parts beside each other have none', 'abcdef\r\u001b[31mxy\n', 'xycdef\n'],
  ['lines without colors stay as they are', 'a\rb\tc\n', 'b    c\n'],
])('on a terminal with colors, %s', (_, log, expected) => {
  expect(shownWith(true, log)).toBe(expected);
});

test('however the output is cut into parts, it reads the same, and nothing in it controls a terminal', () => {
  const piece = fc.constantFrom(
    '\n',
    '\r',
    '\u001b[2J',
    '\u001b[31m',
    '\u001b]0;',
    '\u0007',
    'é漢👍',
    'abc',
    '\t',
    '\u009b',
    '\u202e',
  );
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(200)), (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''));
      const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const parts = at.slice(1).map((end, k) => bytes.subarray(at[k], end));
      const text = shown(...parts);
      expect(text).toBe(shown(bytes));
      const colored = shownWith(true, ...parts);
      expect(colored.replace(/\u001b\[\d*m/g, '')).toBe(text);
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }),
  );
});

test('a line without an end does not fill the memory', () => {
  const text = new LogText({ hasColors: false });
  expect(text.push(Buffer.from('x'.repeat(100_000)))).toHaveLength(100_000);
});

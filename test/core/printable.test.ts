import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, printableLine } from '../../src/core/printable.js';

/** Written out by number, as the standards list them: C0 but newline, DEL, C1, ends of lines, marks of direction. */
const STEERS = (code: number) =>
  (code < 0x20 && code !== 0x0a) ||
  (code >= 0x7f && code <= 0x9f) ||
  code === 0x061c ||
  code === 0x200e ||
  code === 0x200f ||
  code === 0x2028 ||
  code === 0x2029 ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069);

test('every character that steers a terminal is escaped, and no other is changed', () => {
  for (let code = 0; code <= 0xffff; code++) {
    const character = String.fromCharCode(code);
    const expected = STEERS(code) ? `\\u${code.toString(16).padStart(4, '0')}` : character;
    if (printable(character) !== expected) expect([code, printable(character)]).toEqual([code, expected]);
  }
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('\u001b', '\u009b', '\u202e', '\u007f', '\n', '\t', '\r', '[', '3', '1', 'm', '\\'),
  }),
);

test('whatever the text, the result holds nothing that steers, and is the same after a second time', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const plain = printable(text);
      expect([...plain].some((character) => STEERS(character.charCodeAt(0)))).toBe(false);
      expect(printable(plain)).toBe(plain);
      expect(printableLine(text)).not.toContain('\n');
    }),
  );
});

test('JSON says the same after it', () => {
  fc.assert(
    fc.property(fc.dictionary(anyText, anyText), (value) => {
      for (const space of [0, 2])
        expect(JSON.parse(printable(JSON.stringify(value, null, space)))).toEqual(value);
    }),
  );
});

/** The files that write to the terminal; each guards what it writes, or writes what others read as data. */
const WRITERS = [
  'cli/commands/train.ts', // METRIC lines
  'cli/logs/show-log.ts', // logs: as they are in a pipe, as printable text on a terminal
  'cli/main.ts', // where not even its other files can be opened
  'cli/output.ts',
  'cli/program.ts',
  'cli/stdout-loss.ts', // nothing: an empty write waits until earlier ones are done
  'loggers/terminal/live.ts',
  'loggers/terminal/logger.ts',
  'trainer/main.ts', // METRIC lines
];

test('nothing is written to a terminal but by the few files that guard it', () => {
  const src = fileURLToPath(new URL('../../src', import.meta.url));
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const writers = files.filter((file) =>
    /\b(?:stdout|stderr)\.write\(|(?<!`.*)\bconsole\.\w+\(|\bstream\.write\(/.test(
      // A template that `hpo init` writes into a file is no code of ours.
      file === 'cli/init/init-files.ts' ? '' : readFileSync(join(src, file), 'utf8'),
    ),
  );
  expect(writers.sort()).toEqual(WRITERS);
});

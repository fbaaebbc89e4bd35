import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LATE_LINES, makeLineReader } from '../../../src/executors/local/line-reader.js';
import { patternFault } from '../../../src/protocol/formats/pattern.js';
import { makeLineParser } from '../../../src/protocol/formats/registry.js';

const reader = (pattern: string) => makeLineReader({ format: 'regex', pattern }, 20);
const TEXTS = [' ', '1', 'a', 'ab', 'abcd', ' 1a', '1\u1234'].map((piece) =>
  piece.repeat(2000 / piece.length),
);

/** Each would take from seconds to the age of the universe on one line of 2,000 characters. */
const ENDLESS: readonly string[] = [
  `${'\\s*'.repeat(6)}(?<loss>z)`,
  '.*a.*b.*c.*d(?<loss>z)',
  `${'\\d*'.repeat(6)}(?<loss>z)`,
  '(((\\d{0,9}){0,9}){0,9}){0,9}(?<loss>z)',
  `${'\\d?'.repeat(24)}\\d{24}(?<loss>z)`,
  '(?=.*.*.*.*(?<loss>z))',
  '(?<loss>\\d*)\\d*\\d*\\1z',
  '(?<!z.*.*.*.*)(?<loss>.)',
  '((((a?){999}){999}){999}){999}(?<loss>z)',
  '(?<=z((a|aa){0,9}){0,9}.*.*.*)(?<loss>.)',
];

describe('a pattern', () => {
  it.each(ENDLESS)('that takes for ever is ended and fails its trial: %s', (pattern) => {
    const lines = TEXTS.flatMap((text) => new Array<string>(MAX_LATE_LINES).fill(text));
    const limited = reader(pattern);
    const parsed = limited.read(lines);
    expect(limited.lateLines).toBe(MAX_LATE_LINES);
    expect(parsed.at(-1)).toMatchObject({
      kind: 'malformed',
      reason: expect.stringMatching(
        /^the pattern (takes more than 20 ms|fails \(.*\)) on a line of \d+ characters$/,
      ),
      entries: [],
    });
  });

  it('that is slow on a few lines finds what the others hold, in their order', () => {
    const limited = reader('loss=(?<loss>[^ ]+)|.*a.*b.*c.*d(?<never>z)');
    const lines = ['loss=1', 'abcd'.repeat(500), 'loss=2', 'text', 'loss=3'];
    expect(limited.read(lines).map(({ kind }) => kind)).toEqual([
      'metric',
      'malformed',
      'metric',
      'log',
      'metric',
    ]);
    expect(limited.lateLines).toBe(1);
  });

  it('finds under the limit what it finds without, however the lines come', () => {
    const format = { format: 'regex', pattern: '(?<name>[a-z]+)=(?<value>[^ ]+)' };
    const parse = makeLineParser(format);
    const line = fc.string({ unit: fc.constantFrom(...'loss=0.5 e-x\u00e9'), maxLength: 40 });
    fc.assert(
      fc.property(fc.array(line), fc.nat(), (lines, cut) => {
        const limited = makeLineReader(format);
        const all = [lines.slice(0, cut), lines.slice(cut)].flatMap((part) => limited.read(part));
        expect(all).toEqual(lines.map(parse));
      }),
      { numRuns: 50 },
    );
  });

  it('of any nesting of counts, choices, looks and references ends', () => {
    const atom = fc.constantFrom('a', '.', '\\d', '[ab]', 'a?', '\\1', '(?:a|aa)', '(?=a*b)', '(?<!b+a)');
    const count = fc.constantFrom('', '*', '+', '?', '{0,9}', '{2,999}', '{999}', '*?', '{1000000}');
    const open = fc.constantFrom('(', '(?:', '(?=', '(?!', '(?<=');
    const { pattern } = fc.letrec<{ pattern: string; group: string }>((tie) => ({
      pattern: fc.oneof({ maxDepth: 4 }, atom, tie('group')),
      group: fc
        .tuple(open, fc.array(fc.tuple(tie('pattern'), count), { minLength: 1, maxLength: 3 }), fc.boolean())
        .map(
          ([begin, parts, either]) =>
            `${begin}${parts.map((part) => part.join('')).join(either ? '|' : '')})`,
        ),
    }));
    fc.assert(
      fc.property(pattern, count, (text, times) => {
        const whole = `${text}${times}(?<loss>z)`;
        // Looked at before a sweep begins: this too must end.
        const fault = patternFault(whole);
        if (whole.length > 1000 || (fault !== null && !fault.startsWith('a repeated group'))) return;
        expect(reader(whole).read(['a'.repeat(2000), 'ab'.repeat(1000)])).toHaveLength(2);
      }),
      { numRuns: 40 },
    );
  });
});

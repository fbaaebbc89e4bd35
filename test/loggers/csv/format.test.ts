import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, cellText, formatRecord, parseRecords } from '../../../src/loggers/csv/format.js';

describe('a record', () => {
  test('ends with CRLF and quotes only what RFC 4180 needs quoted', () => {
    expect(formatRecord(['a', 'b c', 1.5, true, null, undefined, ''])).toBe('a,b c,1.5,true,,,\r\n');
    expect(formatRecord(['a,b', 'say "x"', 'two\nlines', 'cr\r', ' blank'])).toBe(
      '"a,b","say ""x""","two\nlines","cr\r"," blank"\r\n',
    );
  });

  test('writes numbers as METRIC lines do', () => {
    expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-7, -0].map(cellText)).toEqual([
      'nan',
      'inf',
      '-inf',
      '1e-7',
      '0',
    ]);
  });

  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'a', ' '), maxLength: 8 }),
  );
  const cell: fc.Arbitrary<Cell> = fc.oneof(
    text,
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
  );
  const tables = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 6 });

  test('comes back as it was written, whatever stands in it', () => {
    fc.assert(
      fc.property(tables, (table) => {
        expect(parseRecords(table.map((cells) => formatRecord(cells)).join(''), 100)).toEqual(
          table.map((cells) => cells.map(cellText)),
        );
      }),
    );
  });

  test('that is torn is left out, with all before it kept', () => {
    fc.assert(
      fc.property(tables, fc.nat(), (table, cut) => {
        const whole = table.map((cells) => formatRecord(cells));
        const text_ = whole.join('');
        const at = cut % (text_.length + 1);
        const kept = parseRecords(text_.slice(0, at), 100);
        const complete = whole.filter((_, k) => whole.slice(0, k + 1).join('').length <= at).length;
        // Cut between CR and LF a record is whole too: files that end lines with CR alone are read as well.
        expect([complete, complete + 1]).toContain(kept.length);
        expect(kept.slice(0, complete)).toEqual(table.slice(0, complete).map((cells) => cells.map(cellText)));
      }),
    );
  });
});

test('other line ends are read too, and no more records than asked for', () => {
  expect(parseRecords('a,b\nc,d\r"e\n",f\r\n', 3)).toEqual([
    ['a', 'b'],
    ['c', 'd'],
    ['e\n', 'f'],
  ]);
  expect(parseRecords('a\r\nb\r\n', 1)).toEqual([['a']]);
  expect(parseRecords('', 1)).toEqual([]);
});

describe('safe cells', () => {
  const safe = (cell: Cell) => formatRecord([cell], true).replace(/\r\n$/, '');

  test('that a spreadsheet would run as formulas get an apostrophe', () => {
    expect(
      ['=1+1', '+cmd', '-cmd', '@SUM(A1)', '=HYPERLINK("http://x")', '＝1', '-1+2', '+', '-', '=1'].map(safe),
    ).toEqual([
      "'=1+1",
      "'+cmd",
      "'-cmd",
      "'@SUM(A1)",
      `"'=HYPERLINK(""http://x"")"`,
      "'＝1",
      "'-1+2",
      "'+",
      "'-",
      "'=1",
    ]);
    expect(['\t=1', '\r=1', '\n=1', ' =1', '"=1"'].map(safe)).toEqual([
      "'\t=1",
      `"'\r=1"`,
      `"'\n=1"`,
      "' =1",
      `"'""=1"""`,
    ]);
  });

  test('that are numbers or plain text stay as they are', () => {
    const cells = [
      -1.5,
      1e-7,
      -1e-7,
      Number.NEGATIVE_INFINITY,
      '-3',
      '+.5e-3',
      '-inf',
      'a=b',
      'x',
      '',
      null,
      'a-b',
    ];
    expect(cells.map(safe)).toEqual(cells.map((cell) => formatRecord([cell]).replace(/\r\n$/, '')));
  });

  test('leave no cell that begins a formula, whatever it holds', () => {
    const sign = fc.constantFrom(
      '=',
      '+',
      '-',
      '@',
      '\t',
      '\r',
      '\n',
      ' ',
      '"',
      "'",
      'a',
      '1',
      '.',
      'e',
      '＝',
    );
    const anything = fc.oneof(
      fc.array(sign, { maxLength: 6 }).map((all) => all.join('')),
      fc.double(),
    );
    fc.assert(
      fc.property(anything, (given) => {
        const [[field = ''] = []] = parseRecords(formatRecord([given, 'end'], true), 1);
        const formula = /^[\s"]*[=+\-@＝]/.test(field);
        expect(formula && !/^[+-]?(?:(?:\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|nan)$/i.test(field)).toBe(false);
        if (field !== cellText(given)) expect(field).toBe(`'${cellText(given)}`);
      }),
      { numRuns: 500 },
    );
  });
});

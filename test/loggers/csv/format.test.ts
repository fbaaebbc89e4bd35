import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, cellText, formatRecord } from '../../../src/loggers/csv/format.js';

/** As a program that is not ours reads it. */
const read = (text: string): string[][] =>
  parse(text, { relax_column_count: true, record_delimiter: '\r\n' });

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
        expect(read(table.map((cells) => formatRecord(cells)).join(''))).toEqual(
          table.map((cells) => cells.map(cellText)),
        );
      }),
    );
  });
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
        const [[field = ''] = []] = read(formatRecord([given, 'end'], true));
        const formula = /^[\s"]*[=+\-@＝]/.test(field);
        expect(formula && !/^[+-]?(?:(?:\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|nan)$/i.test(field)).toBe(false);
        if (field !== cellText(given)) expect(field).toBe(`'${cellText(given)}`);
      }),
      { numRuns: 500 },
    );
  });
});

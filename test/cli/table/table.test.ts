import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTable } from '../../../src/cli/table/format-table.js';
import { styleOf } from '../../../src/cli/table/style.js';
import { type Column, PIPE, Table } from '../../../src/cli/table/table.js';
import { textWidth } from '../../../src/cli/table/width.js';

const column = (title: string, more: Partial<Column> = {}): Column => ({
  title,
  priority: 50,
  leastWidth: null,
  isKept: false,
  ...more,
});
const colored = styleOf({ isTTY: true }, { TERM: 'xterm' });
const at = (width: number) => ({ width, style: PIPE.style });

test('numbers stand with their points below each other, texts to the left', () => {
  const rows = [
    ['1', 'a', '0.25'],
    ['10', 'bb', '12'],
    ['-inf', '', '1.5e-7'],
    ['', 'c', 'nan'],
  ];
  expect(formatTable(['n', 'name', 'loss'], rows, PIPE).split('\n')).toEqual([
    '   n  name      loss',
    '   1  a       0.25',
    '  10  bb     12',
    '-inf          1.5e-7',
    '      c     nan',
  ]);
  expect(formatTable(['n', 'name'], [], PIPE)).toBe('n  name');
});

test('a column in which no row has anything is left out, unless it is one that always stays', () => {
  const table = () => new Table([column('a'), column('b'), column('c', { isKept: true })], PIPE);
  expect(table().page([['1', '', '']])).toBe('a  c\n1');
  // More rows come, and lines in a pipe keep their columns.
  expect(table().page([['1', '', '']], false)).toBe('a  b  c\n1');
});

test('a later page may need more room, and another header where it has other columns', () => {
  const table = new Table([column('n'), column('note')], at(40));
  expect(table.page([['1', '']])).toBe('n\n1');
  expect(table.page([['100', '']])).toBe('100');
  expect(table.page([['2', 'new']])).toBe('  n  note\n  2  new');
});

describe('where the terminal is too narrow', () => {
  const columns = [
    column('trial', { priority: 100 }),
    column('lr', { priority: 80 }),
    column('text', { priority: 90, leastWidth: 6 }),
    column('seed', { priority: 10 }),
  ];
  const rows = [['17', '0.0123', 'a text that is long', '123456']];

  test('texts are cut before columns leave, and a line says which have left', () => {
    expect(formatTable(columns, rows, at(42)).split('\n')[1]).toBe(
      '   17  0.0123  a text that is long  123456',
    );
    expect(formatTable(columns, rows, at(34)).split('\n')[1]).toBe('   17  0.0123  a text tha…  123456');
    expect(formatTable(columns, rows, at(26)).split('\n')).toEqual([
      'trial      lr  text',
      '   17  0.0123  a text tha…',
      '+1 column (a wider termin…',
    ]);
  });

  test('a number is never cut', () => {
    const wide = [
      column('a', { leastWidth: 3 }),
      column('b', { leastWidth: 3, priority: 1 }),
      column('c', { priority: 2 }),
    ];
    const text = formatTable(wide, [['123456', '0.123456', '1']], at(10));
    expect(text.split('\n')[1]).toBe('123456  1');
  });

  test('no line is wider than the terminal, whatever stands in the cells', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom('漢字かな', '👩‍👩‍👧‍👦', '0.1', '', 'e\u0301'),
    );
    const some = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(some, fc.integer({ min: 30, max: 100 }), (cells, width) => {
        const texts = ['a', 'b', 'c'].map((title, k) => column(title, { priority: k, leastWidth: 8 }));
        for (const line of formatTable(texts, cells, at(width)).split('\n')) {
          expect(textWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/\s$/);
        }
      }),
    );
  });
});

test('wide characters take the columns that they take on a terminal', () => {
  expect(
    formatTable(
      ['name', 'n'],
      [
        ['漢字', '1'],
        ['abcd', '2'],
      ],
      PIPE,
    ),
  ).toBe('name  n\n漢字  1\nabcd  2');
});

test('colors change nothing but the color, and control characters of others never pass', () => {
  const rows = [[{ text: 'FAIL', tone: 'bad' as const }, 'x\u001b[2Jy\nz']];
  const text = formatTable(['state', 'reason'], rows, { width: 80, style: colored });
  expect(text).toContain('\u001b[31mFAIL\u001b[39m');
  expect(stripVTControlCharacters(text)).toBe(formatTable(['state', 'reason'], rows, at(80)));
  expect(text).toContain('x\\u001b[2Jy\\nz');
});

test.each<[isTTY: boolean, env: Record<string, string>, expected: boolean]>([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [false, { FORCE_COLOR: '' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
])('a terminal: %s, with %j, has colors: %s', (isTTY, env, expected) => {
  expect(styleOf({ isTTY }, env)('bad', 'x') !== 'x').toBe(expected);
});

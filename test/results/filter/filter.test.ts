import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HpoError } from '../../../src/core/errors.js';
import { compileFilter } from '../../../src/results/filter/filter.js';
import {
  type Condition,
  type Literal,
  type Operand,
  parseCondition,
} from '../../../src/results/filter/parse.js';

type Row = Readonly<Record<string, Literal>>;

/** Every name is a field, and a row has null for what it lacks; `state` may be written in any case. */
const fields = {
  find: (name: string) =>
    name.startsWith('no')
      ? null
      : { value: (row: Row) => row[name] ?? null, isCaseless: name === 'state', isSingle: false },
  known: ['lr', 'opt', 'state'],
};
const holds = (condition: string, row: Row) => compileFilter(condition, fields)(row);

test.each<[condition: string, row: Row, expected: boolean]>([
  ['lr < 0.01', { lr: 0.001 }, true],
  ['lr < 0.01', { lr: 0.01 }, false],
  ['lr<=1e-2', { lr: 0.01 }, true],
  ['0.01 > lr', { lr: 0.001 }, true],
  ['lr > -1', { lr: -0.5 }, true],
  ['opt == "adam"', { opt: 'adam' }, true],
  ["opt = 'adam'", { opt: 'adam' }, true],
  ["opt == 'a\\'b'", { opt: "a'b" }, true],
  ['opt != "adam"', { opt: null }, true],
  ['state == "COMPLETE"', { state: 'complete' }, true],
  ['opt == "ADAM"', { opt: 'adam' }, false],
  ['momentum == null', {}, true],
  ['momentum == null', { momentum: 0 }, false],
  ['momentum < 1', {}, false],
  ['not momentum < 1', {}, true],
  ['nesterov == true', { nesterov: true }, true],
  ['loss == nan', { loss: Number.NaN }, true],
  ['loss < inf', { loss: 3 }, true],
  ['loss > -inf', { loss: 3 }, true],
  ['learner.opt == "sgd"', { 'learner.opt': 'sgd' }, true],
  ['batch-size >= 32', { 'batch-size': 32 }, true],
  ['`a name "of" mine` == 1', { 'a name "of" mine': 1 }, true],
  ['größe == 1', { größe: 1 }, true],
  ['a == 1 or b == 1 and c == 1', { a: 1 }, true],
  ['(a == 1 or b == 1) and c == 1', { a: 1 }, false],
  ['a == 1 && not b == 1 || c == 2', { c: 2 }, true],
  ['NOT a == 1 AND b == 2', { b: 2 }, true],
  ['a < b', { a: 1, b: 2 }, true],
])('%s', (condition, row, expected) => {
  expect(holds(condition, row)).toBe(expected);
});

describe('a mistake is named, with a mark under its place', () => {
  const messageOf = (condition: string) => {
    try {
      compileFilter(condition, fields);
    } catch (error) {
      expect(error).toBeInstanceOf(HpoError);
      expect(error).toMatchObject({ usage: true, code: 'where.syntax' });
      return (error as HpoError).message;
    }
    throw new Error(`${condition} is no mistake`);
  };

  test.each([
    ['lr <', 'expected a value, got the end', 6],
    ['lr', 'expected one of == != < <= > >=, got the end', 4],
    ['', 'expected a comparison, got the end', 2],
    ['(lr < 1', 'expected a closing parenthesis, got the end', 9],
    ['lr < 1)', 'expected and, or, or the end, got ")"', 8],
    ['1 < lr < 2', 'expected and, or, or the end, got "<"', 9],
    ['lr < 1 opt == 2', 'expected and, or, or the end, got "opt"', 9],
    ['lr < "a"', 'expected a number beside <, got "a"', 7],
    ['lr >= null', 'expected a number beside >=, got null', 8],
    ['opt == "adam', 'expected a closing ", got none', 9],
    ['lr < 0,5', 'expected a name, a number, a text in quotes or an operator, got ","', 8],
    ['lr < 0x10', 'expected a name, a number, a text in quotes or an operator, got "0"', 7],
    ['x == nothing', 'expected a name that the trials have, or a text in quotes, got nothing', 7],
  ])('%s', (condition, message, column) => {
    const [first, shown, mark] = messageOf(condition).split('\n');
    expect(first).toBe(message);
    expect(shown).toBe(`  ${condition}`);
    expect(mark?.indexOf('^')).toBe(column);
  });
});

/** Any condition over these names, and a text of it. */
const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc.double({ noNaN: true }),
  fc.string({ unit: 'grapheme' }),
  fc.boolean(),
  fc.constant(null),
);
const name = fc.oneof(
  fc.constantFrom('lr', 'opt', 'a.b', 'x-y'),
  fc.string({ unit: 'grapheme' }).map((text) => `q${text}`),
);
const operandOf = (value: fc.Arbitrary<Literal>): fc.Arbitrary<Operand> =>
  fc.oneof(
    name.map((each): Operand => ({ kind: 'name', name: each, at: 0 })),
    value.map((each): Operand => ({ kind: 'literal', value: each, at: 0 })),
  );
const comparison: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    kind: fc.constant('compare' as const),
    left: operandOf(literal),
    comparator: fc.constantFrom('==' as const, '!=' as const),
    right: operandOf(literal),
  }),
  fc.record({
    kind: fc.constant('compare' as const),
    left: operandOf(fc.double({ noNaN: true })),
    comparator: fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const),
    right: operandOf(fc.double({ noNaN: true })),
  }),
);
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    comparison,
    fc.record({ kind: fc.constant('not' as const), part: tie('condition') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('condition'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

const quoted = (text: string, quote: string) =>
  quote + text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;

function operandText(operand: Operand): string {
  if (operand.kind === 'name') return quoted(operand.name, '`');
  const { value } = operand;
  if (typeof value === 'string') return quoted(value, '"');
  return typeof value === 'number' ? String(value).replace('Infinity', 'inf') : String(value);
}

function textOf(of: Condition): string {
  if (of.kind === 'compare') return `${operandText(of.left)} ${of.comparator} ${operandText(of.right)}`;
  if (of.kind === 'not') return `not (${textOf(of.part)})`;
  return of.parts.map((part) => `(${textOf(part)})`).join(` ${of.kind} `);
}

/** The condition without places. */
const plain = (of: Condition): unknown =>
  JSON.parse(JSON.stringify(of, (key, value) => (key === 'at' ? undefined : value)));

test('what a condition says is what was written, whatever its names and texts', () => {
  fc.assert(
    fc.property(condition, (written) => {
      expect(plain(parseCondition(textOf(written)))).toEqual(plain(written));
    }),
  );
});

test('any other text is a mistake that is named, and nothing else happens', () => {
  const part = fc.constantFrom(
    'lr',
    '<',
    '==',
    '(',
    ')',
    'and',
    'not',
    '"',
    '`',
    '0.5',
    'null',
    '\\',
    ' ',
    '\n',
    '1e',
    '\u001b',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(part).map((parts) => parts.join('')),
      ),
      (text) => {
        try {
          compileFilter(text, fields)({ lr: 1 });
        } catch (error) {
          expect(error).toBeInstanceOf(HpoError);
        }
      },
    ),
  );
});

test('a condition of unlimited depth or length is refused, and does not exhaust the stack', () => {
  expect(() => parseCondition(`${'('.repeat(4000)}a == 1`)).toThrow(/at most 200 levels/);
  expect(() => parseCondition('not '.repeat(2000))).toThrow(/at most 200 levels/);
  expect(() => parseCondition(`a == "${'x'.repeat(20_000)}"`)).toThrow(/at most 10000 characters/);
});

import type { HpoError } from '../../core/errors.js';
import { type Comparator, type Condition, type Literal, type Operand, parseCondition } from './parse.js';
import { syntaxError } from './tokens.js';

/** What a condition can compare: the value of one field of a row. */
export type FilterField<Row> = {
  /** Null where the row has none. */
  readonly value: (row: Row) => Literal;
  /** Its texts are lower case, and a condition may write them in any case. */
  readonly isCaseless: boolean;
  /** Its numbers have single precision: what they are compared with is rounded in the same way. */
  readonly isSingle: boolean;
};

/** The fields that a condition may name. `known`: names for the error that lists them. */
export type FilterFields<Row> = {
  find(name: string): FilterField<Row> | null;
  readonly known: readonly string[];
};

/**
 * Returns the test of a condition. `==` and `!=` compare anything, and nan equals nan; the others hold only between two
 * numbers, so never for a missing value.
 * @throws HpoError where.* (usage).
 */
export function compileFilter<Row>(text: string, fields: FilterFields<Row>): (row: Row) => boolean {
  return compile(parseCondition(text), { text, fields });
}

type Scope<Row> = { readonly text: string; readonly fields: FilterFields<Row> };

function compile<Row>(condition: Condition, scope: Scope<Row>): (row: Row) => boolean {
  if (condition.kind === 'compare') return compileComparison(condition, scope);
  if (condition.kind === 'not') {
    const inner = compile(condition.part, scope);
    return (row) => !inner(row);
  }
  const parts = condition.parts.map((part) => compile(part, scope));
  return condition.kind === 'and'
    ? (row) => parts.every((part) => part(row))
    : (row) => parts.some((part) => part(row));
}

function compileComparison<Row>(
  { left, comparator, right }: Extract<Condition, { kind: 'compare' }>,
  scope: Scope<Row>,
): (row: Row) => boolean {
  const sides = [fieldOf(left, scope), fieldOf(right, scope)] as const;
  if (comparator !== '==' && comparator !== '!=')
    for (const side of [left, right]) requireNumber(side, comparator, scope.text);
  const isCaseless = sides.some((side) => side.isCaseless);
  const isSingle = sides.some((side) => side.isSingle);
  const read = (value: FilterField<Row>['value']) => {
    const rounded = isSingle ? single(value) : value;
    return isCaseless ? caseless(rounded) : rounded;
  };
  const [a, b] = sides.map(({ value }) => read(value)) as [
    FilterField<Row>['value'],
    FilterField<Row>['value'],
  ];
  const holds = TESTS[comparator];
  return (row) => holds(a(row), b(row));
}

function caseless<Row>(value: (row: Row) => Literal): (row: Row) => Literal {
  return (row) => {
    const found = value(row);
    return typeof found === 'string' ? found.toLowerCase() : found;
  };
}

function single<Row>(value: (row: Row) => Literal): (row: Row) => Literal {
  return (row) => {
    const found = value(row);
    return typeof found === 'number' ? Math.fround(found) : found;
  };
}

function fieldOf<Row>(operand: Operand, { text, fields }: Scope<Row>): FilterField<Row> {
  if (operand.kind === 'literal') return { value: () => operand.value, isCaseless: false, isSingle: false };
  const field = fields.find(operand.name);
  if (field) return field;
  throw unknownName(operand, text, fields.known);
}

/** Names that are listed in an error. */
const LISTED = 30;

function unknownName(
  { name, at }: { name: string; at: number },
  text: string,
  known: readonly string[],
): HpoError {
  const more = known.length > LISTED ? `, and ${known.length - LISTED} more` : '';
  return syntaxError(
    text,
    at,
    `a name that the trials have, or a text in quotes, got ${name}`,
    `use one of ${known.slice(0, LISTED).join(', ')}${more}`,
  );
}

function requireNumber(operand: Operand, comparator: Comparator, text: string): void {
  if (operand.kind === 'name' || typeof operand.value === 'number') return;
  throw syntaxError(text, operand.at, `a number beside ${comparator}, got ${JSON.stringify(operand.value)}`);
}

const ordered = (compare: (a: number, b: number) => boolean) => (a: Literal, b: Literal) =>
  typeof a === 'number' && typeof b === 'number' && compare(a, b);
const equal = (a: Literal, b: Literal) => a === b || (Number.isNaN(a) && Number.isNaN(b));

const TESTS: Readonly<Record<Comparator, (a: Literal, b: Literal) => boolean>> = {
  '==': equal,
  '!=': (a, b) => !equal(a, b),
  '<': ordered((a, b) => a < b),
  '<=': ordered((a, b) => a <= b),
  '>': ordered((a, b) => a > b),
  '>=': ordered((a, b) => a >= b),
};

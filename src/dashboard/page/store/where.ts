import type { Field } from './fields.js';
import { textOf } from './fields.js';
import { printableState } from './state-text.js';
import type { TrialColumns } from './trial-columns.js';

type Test = (trial: number) => boolean;
const TERM = /^(.+?)\s*(<=|>=|!=|==|=|<|>|~)\s*(.*)$/s;

/**
 * Returns the test of a text such as `lr < 0.01, optimizer = adam, diverged`. Terms are separated by commas or `and`. A term
 * without an operator is a number of a trial, or a text that some cell of the row has.
 */
export function parseWhere(text: string, fields: ReadonlyMap<string, Field>, columns: TrialColumns): Test {
  const terms = text
    .split(/,|\band\b/i)
    .map((term) => term.trim())
    .filter((term) => term !== '');
  const tests = terms.map((term) => termTest(term, fields, columns));
  return (trial) => tests.every((test) => test(trial));
}

function termTest(term: string, fields: ReadonlyMap<string, Field>, columns: TrialColumns): Test {
  const parts = TERM.exec(term);
  const [, name = '', operator = '', wanted = ''] = parts ?? [];
  if (!parts || wanted === '') return freeText(term, fields, columns);
  const lower = name.trim().toLowerCase();
  if (lower === 'state') return compareText((trial) => printableState(columns, trial), operator, wanted);
  if (lower === 'number' || lower === 'trial') return compareNumber((trial) => trial, operator, wanted);
  for (const key of ['reason', 'device', 'tags'])
    if (lower === key || lower === key.replace(/s$/, ''))
      return compareText((trial) => columns.text(key, trial) ?? '', operator, wanted);
  const field = findField(lower, fields);
  if (!field) return freeText(term, fields, columns);
  if (field.choices) return compareText((trial) => textOf(field, trial), operator, wanted);
  return compareNumber((trial) => field.values[trial] ?? Number.NaN, operator, wanted);
}

function findField(name: string, fields: ReadonlyMap<string, Field>): Field | undefined {
  const all = [...fields.values()];
  return (
    fields.get(name) ??
    all.find(({ label }) => label.toLowerCase() === name) ??
    (name === 'value' ? fields.get('value:0') : undefined)
  );
}

function compareNumber(read: (trial: number) => number, operator: string, wanted: string): Test {
  const bound = Number(wanted);
  if (Number.isNaN(bound)) return () => false;
  switch (operator) {
    case '<':
      return (trial) => read(trial) < bound;
    case '<=':
      return (trial) => read(trial) <= bound;
    case '>':
      return (trial) => read(trial) > bound;
    case '>=':
      return (trial) => read(trial) >= bound;
    case '!=':
      return (trial) => !isNear(read(trial), bound);
    default:
      return (trial) => isNear(read(trial), bound);
  }
}

/** Columns have single precision, and people type four digits. */
const isNear = (value: number, bound: number) =>
  value === bound || Math.abs(value - bound) <= Math.abs(bound) * 1e-6;

function compareText(read: (trial: number) => string, operator: string, wanted: string): Test {
  const lower = wanted.toLowerCase();
  if (operator === '!=') return (trial) => read(trial).toLowerCase() !== lower;
  if (operator === '~') return (trial) => read(trial).toLowerCase().includes(lower);
  if (operator === '=' || operator === '==') return (trial) => read(trial).toLowerCase() === lower;
  return () => false;
}

function freeText(term: string, fields: ReadonlyMap<string, Field>, columns: TrialColumns): Test {
  const lower = term.toLowerCase();
  if (/^#?\d+$/.test(term)) {
    const number = Number(term.replace('#', ''));
    return (trial) => trial === number;
  }
  const choices = [...fields.values()].filter((field) => field.choices);
  return (trial) =>
    printableState(columns, trial).toLowerCase().includes(lower) ||
    ['reason', 'device', 'tags'].some((key) =>
      (columns.text(key, trial) ?? '').toLowerCase().includes(lower),
    ) ||
    choices.some((field) => textOf(field, trial).toLowerCase().includes(lower));
}

import { categorical, type Distribution, float, int } from '../../core/distribution.js';
import { makeSpace, type Space } from '../../core/space.js';
import { parseNumber } from '../../protocol/metric.js';
import { cell, type Table } from './table.js';

/**
 * Returns the narrowest space that holds these columns of a table: whole numbers, numbers between the smallest and the
 * largest, or the texts that occur.
 */
export function inferSpace(table: Table, names: readonly string[]): Space {
  return makeSpace(
    names.map((name) => ({ name, distribution: inferred(table.rows.map((row) => cell(row, name) ?? '')) })),
  );
}

function inferred(texts: readonly string[]): Distribution {
  const present = texts.filter((text) => text !== '');
  const numbers = present.map(parseNumber);
  if (
    present.length === 0 ||
    !numbers.every((value): value is number => value !== null && Number.isFinite(value))
  ) {
    return categorical([...new Set(present.length > 0 ? present : [''])]);
  }
  // No spread: a long table has more rows than a call can have arguments.
  const low = numbers.reduce((least, value) => Math.min(least, value));
  const high = numbers.reduce((most, value) => Math.max(most, value));
  return numbers.every(Number.isSafeInteger) ? int(low, high) : float(low, high);
}

/**
 * Returns a note for each column that became a list of choices although most of its values are numbers. The note names a
 * cell that is no number, since it may be a typo.
 */
export function mixedColumns(table: Table, space: Space): string[] {
  return space.params.flatMap(({ name, distribution }) => {
    if (distribution.kind !== 'categorical') return [];
    const texts = (distribution.choices as readonly string[]).filter((text) => !isFiniteNumber(text));
    if (texts.length * 2 >= distribution.choices.length) return [];
    const row = table.rows.findIndex((each) => cell(each, name) === texts[0]) + 1;
    return `${name} became a list of choices, not a range, because row ${row} has ${JSON.stringify(texts[0])}`;
  });
}

function isFiniteNumber(text: string): boolean {
  const value = parseNumber(text);
  return value !== null && Number.isFinite(value);
}

import { patternFault } from '../formats/pattern.js';
import { makeRegexParser } from '../formats/regex.js';
import { isResultName, isSameMetric, rankAsObjective } from './metric-names.js';
import type { Found } from './pattern.js';

const BETWEEN = /[\s|│,;]+/;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?%?$|^nan$/i;
/** A cell that is not read. */
const CELL = '[^\\s|│,;]+';
const MAX_METRICS = 4;

/**
 * Returns a pattern for a table: a line of names, then lines of numbers, as fastai prints them and as CSV is. Null when there
 * is none.
 */
export function tablePattern(lines: readonly string[], wanted: string | null): Found | null {
  for (const [at, line] of lines.entries()) {
    const names = cellsOf(line).map((cell) => cell.replace(/\W+/g, '_'));
    const results = names.filter(isResultName);
    if (names.length < 2 || results.length === 0 || cellsOf(line).some((cell) => NUMBER.test(cell))) continue;
    const row = lines.slice(at + 1, at + 4).find((each) => isRow(each, names.length));
    if (row === undefined) continue;
    const found = compose(names, row, wanted);
    if (found !== null) return found;
  }
  return null;
}

function cellsOf(line: string): string[] {
  return line.split(BETWEEN).filter((cell) => cell !== '');
}

/** The last cell may be a time, 00:03. */
function isRow(line: string, columns: number): boolean {
  const cells = cellsOf(line);
  return cells.length === columns && cells.filter((cell) => NUMBER.test(cell)).length >= columns - 1;
}

function compose(names: readonly string[], row: string, wanted: string | null): Found | null {
  const kept = names
    .filter(isResultName)
    .toSorted((a, b) => rankAsObjective(a) - rankAsObjective(b))
    .map((name) => ({ column: name, name: wanted !== null && isSameMetric(name, wanted) ? wanted : name }))
    .filter(({ name }) => /^[A-Za-z_]\w*$/.test(name));
  const first =
    wanted === null ? kept : kept.toSorted((a, b) => Number(b.name === wanted) - Number(a.name === wanted));
  const shown = first.slice(0, MAX_METRICS);
  if (shown.length === 0 || (wanted !== null && shown[0]?.name !== wanted)) return null;
  const cells = names.map((column) => {
    const metric = shown.find((each) => each.column === column);
    if (metric) return `(?<${metric.name}>[-+.\\deE]+|nan)`;
    return /^(?:epoch|step)s?$/i.test(column) ? `(?<${column.toLowerCase().replace(/s$/, '')}>\\d+)` : CELL;
  });
  const lead = /^[\s|│,;]*/.exec(row)?.[0] === '' ? '^' : '^[\\s|│,;]*';
  const pattern = `${lead}${cells.join('%?[\\s|│,;]+')}%?[\\s|│,;]*$`;
  if (pattern.length > 1000 || patternFault(pattern) !== null) return null;
  return makeRegexParser({ format: 'regex', pattern })(row).kind === 'metric'
    ? {
        pattern,
        names: shown.map(({ name }) => name),
        printed: new Map(shown.map(({ name, column }) => [name, column])),
      }
    : null;
}

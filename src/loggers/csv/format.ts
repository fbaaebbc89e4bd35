/** What stands in a cell; null and undefined are an empty one. */
export type Cell = string | number | boolean | null | undefined;

/** One record of RFC 4180, its CRLF included. `safe`: cells that a spreadsheet would run are made text. */
export function formatRecord(cells: readonly Cell[], safe = false): string {
  return `${cells.map((cell) => formatCell(cell, safe)).join(',')}\r\n`;
}

function formatCell(cell: Cell, safe: boolean): string {
  const text = safe ? neutralized(cellText(cell)) : cellText(cell);
  return /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What begins like this is a formula to some spreadsheet; full-width signs are read as the plain ones. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** A number is one whatever its sign, and so are the words for the others. */
const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf|nan)$/i;

/**
 * A cell with an apostrophe before it where a spreadsheet would run it as a formula. Blanks and quotes before the sign
 * do not help against every program, so they count as not there.
 */
export function neutralized(text: string): string {
  if (!FORMULA.test(text) && !FORMULA.test(text.replace(/^[\s"']+/, ''))) return text;
  return NUMBER.test(text) ? text : `'${text}`;
}

/** Numbers as the METRIC protocol writes them: nan, inf, -inf. */
export function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'number' || Number.isFinite(cell)) return String(cell);
  if (Number.isNaN(cell)) return 'nan';
  return cell > 0 ? 'inf' : '-inf';
}

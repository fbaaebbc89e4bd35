/** Content of a cell; null and undefined are an empty cell. */
export type Cell = string | number | boolean | null | undefined;

/** Returns one record of RFC 4180 with its CRLF. `escapeFormulas`: cells that a spreadsheet would run become text. */
export function formatRecord(cells: readonly Cell[], escapeFormulas = false): string {
  return `${cells.map((cell) => formatCell(cell, escapeFormulas)).join(',')}\r\n`;
}

function formatCell(cell: Cell, escapeFormulas: boolean): string {
  const text = escapeFormulas ? neutralized(cellText(cell)) : cellText(cell);
  return /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Some spreadsheet takes a cell that begins like this for a formula; full-width signs count as plain ones. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** A signed number is no formula; `inf` and `nan` count as numbers. */
const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf|nan)$/i;

/**
 * Returns the cell, with an apostrophe before it where a spreadsheet would run it as a formula. Blanks and quotes before the sign
 * do not stop every spreadsheet, so they are ignored.
 */
export function neutralized(text: string): string {
  if (!FORMULA.test(text) && !FORMULA.test(text.replace(/^[\s"']+/, ''))) return text;
  return NUMBER.test(text) ? text : `'${text}`;
}

/** Returns the text of a cell, non-finite numbers as the METRIC protocol writes them: nan, inf, -inf. */
export function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'number' || Number.isFinite(cell)) return String(cell);
  if (Number.isNaN(cell)) return 'nan';
  return cell > 0 ? 'inf' : '-inf';
}

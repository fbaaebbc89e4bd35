/** A column as far as its place is concerned. */
export type Measured = {
  /** What it needs to show everything. */
  readonly width: number;
  /** What it can be cut to; null for a column that is shown whole or not at all. */
  readonly leastWidth: number | null;
  /** The columns that matter least leave first. */
  readonly priority: number;
};

export const GAP = 2;

/**
 * Chooses what fits: first long texts are cut, down to their least width, then the columns that matter least leave. What is
 * left over goes to the cut texts. Returns the width of each column, null for one that is left out. `total` null: there is
 * no limit. The two columns that matter most stay, whatever their width.
 */
export function fitColumns(columns: readonly Measured[], total: number | null): (number | null)[] {
  const widths: (number | null)[] = columns.map(({ width }) => width);
  if (total === null) return widths;
  const room = () => total - lineWidth(widths);
  if (room() >= 0) return widths;
  for (const [k, { width, leastWidth }] of columns.entries())
    widths[k] = Math.min(width, leastWidth ?? width);
  const leaving = columns
    .map((_, k) => k)
    .sort((a, b) => priorityAt(columns, a) - priorityAt(columns, b) || b - a);
  for (const k of leaving.slice(0, Math.max(0, columns.length - 2))) {
    if (room() >= 0) break;
    widths[k] = null;
  }
  // The first columns get their width back first.
  for (const [k, { width }] of columns.entries()) {
    const now = widths[k];
    if (now !== null && now !== undefined && now < width && room() > 0)
      widths[k] = Math.min(width, now + room());
  }
  return widths;
}

function priorityAt(columns: readonly Measured[], k: number): number {
  return columns[k]?.priority ?? 0;
}

function lineWidth(widths: readonly (number | null)[]): number {
  const shown = widths.filter((width) => width !== null);
  return shown.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, shown.length - 1);
}

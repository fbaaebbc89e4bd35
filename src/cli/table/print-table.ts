import { writeStyled } from '../output.js';
import type { ColumnOrTitle } from './format-table.js';
import type { Cell } from './table.js';

/** Prints a whole table, as wide as the terminal has room for. What draws it is loaded with the first one: JSON needs none. */
export async function printTable(
  columns: readonly ColumnOrTitle[],
  rows: readonly (readonly Cell[])[],
  how?: string,
): Promise<void> {
  const [{ formatTable }, { stdoutSurface }] = await Promise.all([
    import('./format-table.js'),
    import('./surface.js'),
  ]);
  await writeStyled(`${formatTable(columns, rows, stdoutSurface(), how)}\n`);
}

import { cutText } from './width.js';

/** The line under a table that had no room for some columns. */
export function leftText(
  left: readonly string[],
  width: number | null,
  how = '--columns shows them',
): string {
  const count = `+${left.length} column${left.length === 1 ? '' : 's'}`;
  return cutText(`${count} (${how}): ${left.join(', ')}`, width ?? Number.MAX_SAFE_INTEGER);
}

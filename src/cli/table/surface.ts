import { styleOf } from './style.js';
import type { Surface } from './table.js';

/** A terminal that does not say how wide it is. */
const UNKNOWN_WIDTH = 80;

/** Where stdout leads: the width of a terminal, or none in a pipe. */
export function stdoutSurface(): Surface {
  const { stdout, env } = process;
  const style = styleOf(stdout, env);
  if (!stdout.isTTY) return { width: null, style };
  return { width: stdout.columns || Math.floor(Number(env.COLUMNS)) || UNKNOWN_WIDTH, style };
}

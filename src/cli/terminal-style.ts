import type { TerminalStyle } from '../plots/terminal/terminal.js';
import { hasColors } from './table/style.js';

/** Width and height where stdout is no terminal. */
const PIPE = { columns: 80, rows: 30 };

/**
 * Returns how to draw on stdout: its size, ASCII where the locale has no UTF-8, and colors as tables have them. COLUMNS and
 * LINES count where stdout is a pipe.
 */
export function terminalStyle(): TerminalStyle {
  const { env, stdout } = process;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return {
    columns: stdout.columns ?? sizeIn(env.COLUMNS, PIPE.columns),
    rows: stdout.rows ?? sizeIn(env.LINES, PIPE.rows),
    isUnicode: /utf-?8/i.test(locale),
    hasColor: hasColors(stdout, env),
  };
}

function sizeIn(text: string | undefined, fallback: number): number {
  const size = Number(text);
  return Number.isInteger(size) && size > 0 && size <= 1000 ? size : fallback;
}

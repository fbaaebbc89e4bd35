import { stripAnsi } from '../ansi.js';

/** Longer lines are data; the format regex skips them too. */
const MAX_LENGTH = 2000;
const MAX_LINES = 20_000;

/** Returns the lines of an output as the formats see them: a carriage return ends a line, colors are gone. */
export function linesOf(output: string): string[] {
  return output
    .split(/[\r\n]+/)
    .slice(-MAX_LINES)
    .map((line) => stripAnsi(line))
    .filter((line) => line.trim() !== '' && line.length <= MAX_LENGTH);
}

import { stripAnsi } from '../ansi.js';
import { type MetricEntry, parseNumber } from '../metric.js';
import { type LineParser, lineOf } from './format.js';

/**
 * Names are Katib's: `loss` in `INFO:root:loss=1` and in `val/loss=1`, none in `--loss=1` of an echoed command. A number
 * may end a sentence. Each character can be read in one way only, so the time is linear in the line.
 */
const PAIR =
  /(?<![\w|-])([\w|-]+)[ \t]*=[ \t]*([+-]?(?:nan|inf(?:inity)?|(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?))(?!\w|\.\d)/gi;

/** `name=value` anywhere in a line, blanks around the sign allowed: what Katib's collector reads from the output. */
export const parseKatib: LineParser = (line) => {
  const entries = [...stripAnsi(line).matchAll(PAIR)].flatMap(([, name = '', text = '']): MetricEntry[] => {
    const value = parseNumber(text);
    return value === null ? [] : [[name, value]];
  });
  return lineOf(entries);
};

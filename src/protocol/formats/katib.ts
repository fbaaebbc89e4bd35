import { stripAnsi } from '../ansi.js';
import { type MetricEntry, parseNumber } from '../metric.js';
import { type LineParser, lineOf } from './format.js';

const PAIR =
  /([A-Za-z_][\w.:/@|-]*)[ \t]*=[ \t]*([+-]?(?:nan|inf(?:inity)?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))(?![\w.])/gi;

/** `name=value` anywhere in a line, blanks around the sign allowed: what Katib's collector reads from the output. */
export const parseKatib: LineParser = (line) => {
  const entries = [...stripAnsi(line).matchAll(PAIR)].flatMap(([, name = '', text = '']): MetricEntry[] => {
    const value = parseNumber(text);
    return value === null ? [] : [[name, value]];
  });
  return lineOf(entries);
};

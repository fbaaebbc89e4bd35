import { withMicroSign } from '../../core/metric-name.js';
import { stripAnsi } from '../ansi.js';
import { parseNumber } from '../metric.js';
import type { LineParser, MetricFormat } from './format.js';

/** Blanks, brackets, quotes and `=` end a word. A comma does not: `1,234.5` would be read as another number. */
const BETWEEN = /[\s()[\]{}"'`=|<>;]+/;
/** A number, perhaps with a unit or the end of a sentence: `0.5`, `-1e-3`, `93%`, `93ms`, `0.5.`, `nan`. */
const NUMBER =
  /^([+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?)(?:%|[a-z]{1,3})?[.,:!]?$|^([+-]?(?:nan|inf|infinity))[.,:!]?$/i;

/** The last number of the output is the value of the one metric that the sweep names. */
export function makeLastNumberParser({ names }: MetricFormat): LineParser {
  const name = withMicroSign(names?.[0] ?? 'value');
  return (line) => {
    const value = lastNumber(stripAnsi(line));
    return value === null ? { kind: 'log' } : { kind: 'candidate', entries: [[name, value]] };
  };
}

function lastNumber(text: string): number | null {
  const words = text.split(BETWEEN);
  for (let at = words.length - 1; at >= 0; at--) {
    const match = NUMBER.exec(words[at] as string);
    if (match) return parseNumber(match[1] ?? match[2] ?? '');
  }
  return null;
}

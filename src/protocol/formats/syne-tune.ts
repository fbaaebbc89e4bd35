import { stripAnsi } from '../ansi.js';
import { type LineParser, lineOf } from './format.js';
import { numbersOf } from './json.js';

const MARK = '[tune-metric]: ';
/** What its Reporter adds to each report about itself: times, costs, a count. */
const ITS_OWN = /^st_/;

/** `[tune-metric]: {json}`, as Syne Tune's Reporter prints it. */
export const parseSyneTune: LineParser = (line) => {
  const text = stripAnsi(line);
  const at = text.indexOf(MARK);
  if (at < 0) return { kind: 'log' };
  // Up to the last brace: text that another thread printed behind it is not part of the report.
  const entries = numbersOf(text.slice(at + MARK.length, text.lastIndexOf('}') + 1));
  if (entries === null) {
    return { kind: 'malformed', reason: `expected a JSON object after ${MARK.trim()}`, entries: [] };
  }
  return lineOf(entries.filter(([name]) => !ITS_OWN.test(name)));
};

import { metricName, withMicroSign } from '../../core/metric-name.js';
import { stripAnsi } from '../ansi.js';
import { type MetricEntry, parseNumber, STEP_NAMES } from '../metric.js';
import { type LineParser, lineOf, type MetricFormat } from './format.js';

/** Each `.*` of an expression can multiply its time by the length of the line: longer lines are skipped. */
const MAX_LENGTH = 2000;

/**
 * What a pattern finds in a line, each place it matches: a group's name is the metric's (`(?<loss>\S+)`), or the
 * groups `name` and `value` make one metric of each place. As on a METRIC line, what is no number does not take the
 * good values with it, unless it is the step that they belong to.
 * @throws SyntaxError for a pattern that is no regular expression.
 */
export function makeRegexParser({ pattern = '', names }: MetricFormat): LineParser {
  const expression = new RegExp(pattern, 'g');
  const wanted = names && new Set([...names.map(withMicroSign), ...STEP_NAMES]);
  return (line) => {
    const text = stripAnsi(line);
    if (text.length > MAX_LENGTH) return { kind: 'log' };
    const entries: MetricEntry[] = [];
    const faults: string[] = [];
    let placed = true;
    for (const { groups = {} } of text.matchAll(expression)) {
      for (const [name, written] of pairs(groups)) {
        const known = metricName(name);
        if (wanted && !wanted.has(known ?? name)) continue;
        const value = parseNumber(written);
        if (value !== null && known !== null) entries.push([known, value]);
        else {
          faults.push(JSON.stringify(`${name}=${written.slice(0, 60)}`));
          if (STEP_NAMES.includes(name)) placed = false;
        }
      }
    }
    if (faults.length > 0) {
      const reason = `expected a number for each group, got ${faults.slice(0, 3).join(', ')}`;
      return { kind: 'malformed', reason, entries: placed ? entries : [] };
    }
    return lineOf(entries);
  };
}

/** Returns the groups that took part in the match, as names and texts. */
function pairs(groups: Readonly<Record<string, string | undefined>>): [name: string, text: string][] {
  const { name, value, ...others } = groups;
  const named = Object.entries(others).flatMap(([group, text]): [string, string][] =>
    text === undefined ? [] : [[group, text]],
  );
  return name === undefined || value === undefined ? named : [...named, [name, value]];
}

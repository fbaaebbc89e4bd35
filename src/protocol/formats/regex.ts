import { stripAnsi } from '../ansi.js';
import { isMetricName, type MetricEntry, parseNumber } from '../metric.js';
import { type LineParser, lineOf, type MetricFormat } from './format.js';

/** A careless expression can take time that grows with the square of the line: longer lines are not looked at. */
const MAX_LENGTH = 2000;

/**
 * What a pattern finds in a line, each place it matches: a group's name is the metric's (`(?<loss>\S+)`), or the
 * groups `name` and `value` make one metric of each place.
 * @throws SyntaxError for a pattern that is no regular expression.
 */
export function makeRegexParser({ pattern = '' }: MetricFormat): LineParser {
  const expression = new RegExp(pattern, 'g');
  return (line) => {
    const text = stripAnsi(line);
    if (text.length > MAX_LENGTH) return { kind: 'log' };
    const entries: MetricEntry[] = [];
    const faults: string[] = [];
    for (const { groups = {} } of text.matchAll(expression)) {
      for (const [name, written] of pairs(groups)) {
        const value = parseNumber(written);
        if (value === null || !isMetricName(name))
          faults.push(JSON.stringify(`${name}=${written.slice(0, 60)}`));
        else entries.push([name, value]);
      }
    }
    if (faults.length > 0) {
      const reason = `expected a number for each group, got ${faults.slice(0, 3).join(', ')}`;
      return { kind: 'malformed', reason, entries: [] };
    }
    return lineOf(entries);
  };
}

/** What is wrong with a pattern, or null. */
export function patternFault(pattern: string): string | null {
  try {
    // An empty alternative makes any text match, so that the names of all groups show.
    const { groups } = new RegExp(`${pattern}|`).exec('') ?? {};
    if (groups === undefined) return 'no group has a name';
    return 'value' in groups === 'name' in groups ? null : 'the groups name and value go together';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Groups that took part in the match, as names and texts. */
function pairs(groups: Readonly<Record<string, string | undefined>>): [name: string, text: string][] {
  const { name, value, ...others } = groups;
  const named = Object.entries(others).flatMap(([group, text]): [string, string][] =>
    text === undefined ? [] : [[group, text]],
  );
  return name === undefined || value === undefined ? named : [...named, [name, value]];
}

import { parseLine } from '../metric.js';
import { type FormatEntry, type LineParser, type MetricFormat, onlyNames } from './format.js';
import { parseGuild } from './guild.js';
import { parseJsonLine } from './jsonl.js';
import { parseKatib } from './katib.js';
import { makeLastNumberParser } from './last-number.js';
import { makeRegexParser } from './regex.js';
import { parseSyneTune } from './syne-tune.js';

/** How trainers may write their metrics. To add a format: one file, one entry here. */
export const formats: readonly FormatEntry[] = [
  { name: 'metric', summary: 'METRIC name=value lines', make: () => parseLine },
  {
    name: 'katib',
    summary: 'name=value anywhere in a line, as for Katib',
    needsNames: true,
    names: /^[\w-]+$/,
    make: () => parseKatib,
  },
  { name: 'syne-tune', summary: '[tune-metric]: {json}, as Syne Tune reports', make: () => parseSyneTune },
  {
    name: 'guild',
    summary: 'key: value or key: value (step N), as for Guild AI',
    needsNames: true,
    make: () => parseGuild,
  },
  { name: 'jsonl', summary: 'one JSON object a line', make: () => parseJsonLine },
  { name: 'regex', summary: 'what the named groups of pattern find', make: makeRegexParser },
  {
    name: 'last-number',
    summary: 'the last number that is printed',
    hasOneName: true,
    make: makeLastNumberParser,
  },
  {
    name: 'json-file',
    summary: 'the numbers of a JSON file that the run writes, by path',
    make: () => () => ({ kind: 'log' }),
  },
];

export const DEFAULT_FORMAT: MetricFormat = { format: 'metric' };

/**
 * Returns the parser of a study's format.
 * @throws RangeError for a format that the registry does not know, SyntaxError for a bad pattern: both are checked
 * when a sweep file is read.
 */
export function makeLineParser(format: MetricFormat = DEFAULT_FORMAT): LineParser {
  const entry = formats.find(({ name }) => name === format.format);
  if (!entry) throw new RangeError(`expected a metric format, got ${JSON.stringify(format.format)}`);
  const parse = entry.make(format);
  return format.names ? onlyNames(parse, format.names) : parse;
}

import { metricName, withMicroSign } from '../../core/metric-name.js';
import { type MetricEntry, type ParsedLine, STEP_NAMES } from '../metric.js';

/** Reads one line of a trainer's output. Never throws. */
export type LineParser = (line: string) => ParsedLine;

/** How a trainer writes its metrics, as stored with a study. */
export type MetricFormat = {
  readonly format: string;
  /** The regular expression; only for the format `regex`. */
  readonly pattern?: string;
  /** The only metrics that are read; without it all are. `epoch` and `step` always are. */
  readonly names?: readonly string[];
  /** The file that the run writes, below the trial's folder; only for the format `json-file`. */
  readonly path?: string;
};

export type FormatEntry = {
  readonly name: string;
  readonly summary: string;
  /** Lines of other programs hold many numbers: without `names` only the metrics that the sweep asks for are read. */
  readonly needsNames?: true;
  /** The names that a line can hold, where those are fewer than a metric may have. */
  readonly names?: RegExp;
  /** It has one value for each run: the sweep must name exactly one metric. */
  readonly hasOneName?: true;
  readonly make: (format: MetricFormat) => LineParser;
};

const LOG: ParsedLine = { kind: 'log' };

/** Returns a metric line of the entries whose names can be a metric's; without any it is a log line. */
export function lineOf(entries: readonly MetricEntry[]): ParsedLine {
  const good = entries.flatMap(([text, value]): MetricEntry[] => {
    const name = metricName(text);
    return name === null ? [] : [[name, value]];
  });
  return good.length === 0 ? LOG : { kind: 'metric', entries: good };
}

/** Keeps the named metrics and their step. */
export function onlyNames(parse: LineParser, names: readonly string[]): LineParser {
  const kept = new Set([...names.map(withMicroSign), ...STEP_NAMES]);
  return (line) => {
    const parsed = parse(line);
    if (parsed.kind === 'log') return parsed;
    const entries = parsed.entries.filter(([name]) => kept.has(name));
    if (parsed.kind !== 'malformed' && entries.length === 0) return LOG;
    return { ...parsed, entries };
  };
}

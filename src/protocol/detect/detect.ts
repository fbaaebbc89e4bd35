import { isMetricName, withMicroSign } from '../../core/metric-name.js';
import type { MetricFormat } from '../formats/format.js';
import { parseJsonLine } from '../formats/jsonl.js';
import { parseSyneTune } from '../formats/syne-tune.js';
import { entriesOf, parseLine, STEP_NAMES } from '../metric.js';
import { linesOf } from './lines.js';
import { type Direction, directionOf, isResultName, rankAsObjective } from './metric-names.js';
import { patternFor } from './pattern.js';
import { tablePattern } from './table.js';

export type DetectedMetric = { readonly name: string; readonly direction: Direction };
export type Detected = {
  readonly format: MetricFormat;
  /** The best objective first. */
  readonly metrics: readonly DetectedMetric[];
  /** The first of them, as the output has it: `val acc`. */
  readonly printedAs: string;
};

/** Lines of these formats need no pattern. METRIC lines come first: who prints them means them. */
const WHOLE_LINES = [
  { format: 'metric', parse: parseLine },
  { format: 'syne-tune', parse: parseSyneTune },
  { format: 'jsonl', parse: parseJsonLine },
] as const;

/**
 * Returns how a program's output shows its metrics, and which they are; null when it shows none.
 * @param asked the metric that must be among them: it comes first, under this name.
 */
export function detectMetrics(output: string, asked: string | null = null): Detected | null {
  const wanted = asked === null ? null : withMicroSign(asked);
  const lines = linesOf(output);
  for (const { format, parse } of WHOLE_LINES) {
    const names = new Set<string>();
    for (const line of lines)
      for (const [name] of entriesOf(parse(line))) if (!STEP_NAMES.includes(name)) names.add(name);
    // A METRIC line is a result, whatever its name; a line of JSON may be anything.
    const results = [...names].filter((name) => isResultName(name) || format === 'metric');
    if (wanted === null ? results.length > 0 : names.has(wanted)) {
      const metrics = ranked(wanted === null ? results : [...names], wanted);
      return { format: { format }, metrics, printedAs: metrics[0]?.name ?? '' };
    }
  }
  const found = patternFor(lines, wanted) ?? tablePattern(lines, wanted);
  if (found === null) return null;
  const { pattern, names, printed } = found;
  const metrics = ranked(names, wanted);
  return {
    format: { format: 'regex', pattern },
    metrics,
    printedAs: printed.get(metrics[0]?.name ?? '') ?? '',
  };
}

function ranked(names: readonly string[], wanted: string | null): DetectedMetric[] {
  return names
    .filter(isMetricName)
    .toSorted(
      (a, b) => Number(b === wanted) - Number(a === wanted) || rankAsObjective(a) - rankAsObjective(b),
    )
    .map((name) => ({ name, direction: directionOf(name) ?? 'minimize' }));
}

/** Returns the line of a sweep file that makes hpo read this format. */
export function metricsLine({ format, pattern }: MetricFormat): string {
  if (pattern === undefined) return `metrics: { format: ${format} }`;
  return `metrics: { format: ${format}, pattern: '${pattern.replaceAll("'", "''")}' }`;
}

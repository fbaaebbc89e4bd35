import { METRIC_NAME_CHARACTERS, metricName } from '../core/metric-name.js';
import { stripAnsi } from './ansi.js';

/** What one line of a trainer's output says. Malformed tokens are shown to people; the good ones beside them count. */
export type ParsedLine =
  | { readonly kind: 'metric'; readonly entries: readonly MetricEntry[] }
  /** Values of the whole run, unless a later line has others. */
  | { readonly kind: 'candidate'; readonly entries: readonly MetricEntry[] }
  | { readonly kind: 'log' }
  | { readonly kind: 'malformed'; readonly reason: string; readonly entries: readonly MetricEntry[] };
export type MetricEntry = readonly [name: string, value: number];

/** Returns the values of a line. */
export function entriesOf(line: ParsedLine): readonly MetricEntry[] {
  return line.kind === 'log' ? [] : line.entries;
}

const PREFIX = 'METRIC ';
/** Names that hold the step of a line's values; `epoch` has priority. */
export const STEP_NAMES: readonly string[] = ['epoch', 'step'];
/** As much of a bad token as a warning quotes. */
const MAX_QUOTED = 60;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NOT_FINITE = /^([+-]?)(nan|inf|infinity)$/i;

/**
 * Returns a line that `parseLine` reads back to the same values: `METRIC epoch=3 loss=0.21`, without a newline.
 * @throws RangeError when there is no value, or a name could not be read back.
 */
export function formatMetric(values: Readonly<Record<string, number>>): string {
  const entries = Object.entries(values);
  if (entries.length === 0) throw new RangeError('a METRIC line needs at least one value, got none');
  const tokens = entries.map(([name, value]) => {
    const known = metricName(name);
    if (known === null) {
      throw new RangeError(
        `a metric name is of ${METRIC_NAME_CHARACTERS}, and begins with a letter, _ or %, got ${JSON.stringify(name)}`,
      );
    }
    return `${known}=${formatNumber(value)}`;
  });
  return PREFIX + tokens.join(' ');
}

function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

/**
 * Reads one line (without its terminator). Never throws.
 *
 * A metric line starts with `METRIC ` once terminal colors are taken away, then come `name=value` tokens with blanks
 * between them. A value is a plain decimal number, nan, inf or infinity. Anything else (`0,5`, `0x10`, nothing) makes
 * the line malformed: it names its bad tokens and keeps the entries of its good ones. It keeps none when the bad token is
 * `epoch` or `step`, since the step of the other values is then unknown.
 */
export function parseLine(line: string): ParsedLine {
  const text = stripAnsi(line);
  if (!text.startsWith(PREFIX)) return { kind: 'log' };
  const entries: MetricEntry[] = [];
  const faults: string[] = [];
  let placed = true;
  for (const token of text.slice(PREFIX.length).split(/[ \t]+/)) {
    if (token === '') continue;
    const entry = parseToken(token);
    if (typeof entry !== 'string') entries.push(entry);
    else {
      faults.push(entry);
      if (STEP_NAMES.some((name) => token === name || token.startsWith(`${name}=`))) placed = false;
    }
  }
  if (faults.length > 0)
    return { kind: 'malformed', reason: summary(faults), entries: placed ? entries : [] };
  if (entries.length === 0) return { kind: 'malformed', reason: 'expected name=value, got nothing', entries };
  return { kind: 'metric', entries };
}

/** The entry, or what is wrong with the token. */
function parseToken(token: string): MetricEntry | string {
  const equals = token.indexOf('=');
  if (equals < 0) return `expected name=value, got ${quote(token)}`;
  const name = metricName(token.slice(0, equals));
  if (name === null) return `not a metric name: ${quote(token.slice(0, equals))}`;
  const value = parseNumber(token.slice(equals + 1));
  return value === null ? `not a number: ${quote(token)}` : [name, value];
}

/** Returns a number as METRIC lines write it: a plain decimal, nan, inf or infinity; null for anything else. */
export function parseNumber(text: string): number | null {
  if (NUMBER.test(text)) return Number(text);
  const match = NOT_FINITE.exec(text);
  if (match === null) return null;
  if (match[2]?.toLowerCase() === 'nan') return Number.NaN;
  return match[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

// A line of noise that happens to start with METRIC must not become a warning of 64 KiB.
function summary(faults: readonly string[]): string {
  const shown = faults.slice(0, 3).join('; ');
  return faults.length > 3 ? `${shown}; and ${faults.length - 3} more` : shown;
}

function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text);
}

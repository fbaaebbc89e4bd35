import { isMapping } from '../../core/mapping.js';
import { parseLooseJson } from '../../protocol/formats/json.js';

type Mapping = Readonly<Record<string, unknown>>;

/** Cells by column. */
type Row = Readonly<Record<string, string>>;

/** Rows with the names of their parameters; `params` is empty where nothing says which columns are parameters. */
export type Records = { readonly rows: readonly Row[]; readonly params: readonly string[] };

/** Values deeper than this are left out. */
const MAX_DEPTH = 6;

/**
 * Returns the rows in a JSON text: lines of Ray's result.json, of which the last one is the trial's result; a list of runs with
 * `config` and `summary`, as W&B's API gives them; or a list of plain objects. Null when it is none.
 */
export function recordsOfJson(text: string): Records | null {
  const whole = parseLooseJson(text);
  const listed = Array.isArray(whole) ? whole : isMapping(whole) ? listIn(whole) : null;
  if (listed !== null) return toRecords(listed);
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseLooseJson);
  return lines.length > 0 && lines.every(isMapping) ? recordsOfLines(lines) : null;
}

/** Returns the rows of a text with one object a line. */
export function recordsOfLines(lines: readonly Mapping[]): Records {
  // Reports of one trial repeat its configuration; otherwise each line is a row.
  const isTrial =
    lines.every((line) => isMapping(line.config)) &&
    new Set(lines.map((line) => JSON.stringify(line.config))).size === 1;
  return toRecords(isTrial ? lines.slice(-1) : lines);
}

/** Returns the last report in Ray's result.json; null when there is none. A report that was cut short is left out. */
export function lastReport(text: string): readonly unknown[] | null {
  const reports = text
    .split('\n')
    .map((line) => parseLooseJson(line))
    .filter(isMapping);
  return reports.length === 0 ? null : reports.slice(-1);
}

/** Returns rows for records whose parameters are in `config`, or in columns such as `config/lr`. */
export function toRecords(records: readonly unknown[]): Records {
  const params = new Set<string>();
  const rows = records.filter(isMapping).map((record) => {
    const row: Record<string, string> = {};
    for (const [name, value] of configOf(record)) {
      params.add(name);
      row[name] = value;
    }
    for (const [name, value] of resultsOf(record))
      row[Object.hasOwn(row, name) ? `metric.${name}` : name] = value;
    return row;
  });
  return { rows, params: [...params].filter((name) => varies(rows, name)) };
}

/** A value that is the same everywhere was not searched. One row alone shows nothing. */
function varies(rows: readonly Row[], name: string): boolean {
  return (
    rows.length < 2 || new Set(rows.map((row) => (Object.hasOwn(row, name) ? row[name] : undefined))).size > 1
  );
}

function listIn(whole: Mapping): readonly unknown[] {
  for (const key of ['runs', 'trials', 'results']) if (Array.isArray(whole[key])) return whole[key];
  return [whole];
}

function configOf(record: Mapping): [string, string][] {
  const config = asMapping(record.config);
  const own = config === null ? [] : [...flatten(config, '')];
  const columns = Object.entries(record).flatMap(([key, value]): [string, string][] =>
    key.startsWith('config/') && cellOf(value) !== null
      ? [[key.slice('config/'.length), cellOf(value) ?? '']]
      : [],
  );
  return [...own, ...columns].filter(([name]) => !name.startsWith('_'));
}

function resultsOf(record: Mapping): [string, string][] {
  const summary =
    asMapping(record.summary) ?? asMapping(record.summaryMetrics) ?? asMapping(record.summary_metrics);
  const { config: _, summary: _summary, summaryMetrics: _metrics, summary_metrics: _other, ...rest } = record;
  const own = Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith('config/')));
  return [...flatten(own, ''), ...(summary === null ? [] : flatten(summary, ''))];
}

/** W&B writes `{lr: {value: 0.1}}`, and in tables the text of a mapping, also as Python prints it. */
function asMapping(value: unknown): Mapping | null {
  if (isMapping(value)) return value;
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return null;
  const parsed = parseLooseJson(value) ?? parseLooseJson(fromPython(value));
  return isMapping(parsed) ? parsed : null;
}

function fromPython(text: string): string {
  return text.replace(
    /'((?:[^'\\]|\\.)*)'|\b(True|False|None|nan|inf)\b/g,
    (_, quoted: string | undefined, word: string) => {
      if (quoted !== undefined) return JSON.stringify(quoted.replaceAll("\\'", "'"));
      return { True: 'true', False: 'false', None: 'null', nan: 'NaN', inf: 'Infinity' }[word] ?? word;
    },
  );
}

function flatten(value: Mapping, prefix: string, depth = 0): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, item] of Object.entries(value)) {
    const name = `${prefix}${key}`;
    if (isMapping(item)) {
      const keys = Object.keys(item);
      // W&B's form of a value, with a description beside it at most.
      if ('value' in item && keys.every((each) => each === 'value' || each === 'desc')) {
        if (isMapping(item.value))
          for (const [inner, cell] of flatten(item.value, `${name}.`, depth + 1)) found.set(inner, cell);
        else if (cellOf(item.value) !== null) found.set(name, cellOf(item.value) ?? '');
      } else if (depth < MAX_DEPTH)
        for (const [inner, cell] of flatten(item, `${name}.`, depth + 1)) found.set(inner, cell);
    } else if (cellOf(item) !== null) found.set(name, cellOf(item) ?? '');
  }
  return found;
}

/** Returns the text of a scalar, or of a list; null for what no cell can hold. */
function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return Array.isArray(value) ? JSON.stringify(value) : null;
  return String(value);
}

import { isMapping } from '../../core/mapping.js';
import { metricName } from '../../core/metric-name.js';
import type { FinishedState } from '../../core/trial.js';
import { toRecords } from './foreign-records.js';
import { badLine, type JsonLine } from './json-lines.js';
import { type LogRow, timeOf } from './log-row.js';
import type { Row, Table } from './table.js';

const STATES: Readonly<Record<string, FinishedState>> = {
  ...{
    complete: 'complete',
    completed: 'complete',
    finished: 'complete',
    ok: 'complete',
    success: 'complete',
  },
  ...{ pruned: 'pruned', fail: 'fail', failed: 'fail', error: 'fail', crashed: 'fail' },
};
const MAX_NOTE = 20_000;
const MAX_TAGS = 100;
/** Keys with a meaning of their own. */
const MEANT = new Set([
  'params',
  'value',
  'values',
  'metrics',
  'state',
  'reason',
  'note',
  'tags',
  'started_at',
]);

/** Returns whether JSON lines are trials: `{"params": {...}, "value": 0.3}`, or with `values`, `metrics` or `state`. */
export function areTrials(lines: readonly JsonLine[]): boolean {
  const first = lines[0]?.value;
  return (
    first !== undefined &&
    isMapping(first.params) &&
    ['value', 'values', 'metrics', 'state'].some((key) => key in first)
  );
}

/** Returns the trials as a table. @throws HpoError import.bad-line (usage). */
export function trialTable(file: string, lines: readonly JsonLine[]): Table {
  const { rows, params } = toRecords(
    lines.map(({ line, value }) => {
      if (isMapping(value.params)) return { config: value.params };
      throw badLine(`${file}:${line}`, 'an object params', JSON.stringify(value.params) ?? 'none');
    }),
  );
  const facts = lines.map((each) => logRow(file, each));
  const cells = rows.map((row, k): Row => ({ ...row, ...resultCells(row, lines[k] as JsonLine, facts[k]) }));
  const names = new Set(facts.flatMap(({ metrics }) => Object.keys(metrics)));
  const columns = [...new Set(cells.flatMap((row) => Object.keys(row)))];
  const [only = null] = columns.includes('value') ? ['value'] : names.size === 1 ? names : [];
  const log = { study: null, metric: only, direction: null, isAgents: false, rows: facts };
  return { file, columns, rows: cells, params, log };
}

function resultCells(row: Row, { value: line }: JsonLine, facts: LogRow | undefined): Row {
  const { value, values } = line;
  const list = Array.isArray(values) ? values.map((each, k) => [`values.${k}`, each]) : [];
  const named: readonly (readonly [string, unknown])[] = [
    ...(value === undefined ? [] : [['value', value] as const]),
    ...(list as [string, unknown][]),
    ...Object.entries(facts?.metrics ?? {}),
  ];
  return Object.fromEntries(
    named.flatMap(([name, each]) =>
      typeof each === 'number' ? [[Object.hasOwn(row, name) ? `metric.${name}` : name, String(each)]] : [],
    ),
  );
}

function logRow(file: string, { line, value }: JsonLine): LogRow {
  const written = String(value.state ?? 'complete').toLowerCase();
  const state = Object.hasOwn(STATES, written) ? (STATES[written] as FinishedState) : null;
  const given = {
    ...(isMapping(value.values) ? value.values : {}),
    ...(isMapping(value.metrics) ? value.metrics : {}),
  };
  const metrics = Object.entries(given).map(([text, number]) => {
    const name = metricName(text);
    if (name === null)
      throw badLine(`${file}:${line}`, 'the name of a metric', JSON.stringify(text.slice(0, 60)));
    if (typeof number !== 'number')
      throw badLine(`${file}:${line}`, `a number for ${name}`, JSON.stringify(number).slice(0, 60));
    return [name, number] as const;
  });
  const others = Object.entries(value).filter(
    ([key, each]) => !MEANT.has(key) && ['string', 'number', 'boolean'].includes(typeof each),
  );
  return {
    line,
    state,
    reason:
      state === null
        ? `its state is ${written.slice(0, 60)}`
        : typeof value.reason === 'string'
          ? value.reason
          : null,
    metrics: Object.fromEntries(metrics),
    attrs: Object.fromEntries(others.filter(([key]) => key !== 'finished_at')) as LogRow['attrs'],
    note: typeof value.note === 'string' ? value.note.slice(0, MAX_NOTE) : null,
    tags: Array.isArray(value.tags)
      ? value.tags.filter((tag) => typeof tag === 'string' && tag !== '').slice(0, MAX_TAGS)
      : [],
    finishedAtMs: timeOf(value.finished_at),
  };
}

import { int } from '../../core/distribution.js';
import { usageError } from '../../core/errors.js';
import { isResult } from '../../core/objective-value.js';
import { makeSpace, type Space } from '../../core/space.js';
import type { StudySpec } from '../../core/spec.js';
import { parseNumber } from '../../protocol/metric.js';
import type { ImportedTrial } from '../../study/import-trials.js';
import { RUN } from './agent-log.js';
import { inferSpace } from './infer.js';
import type { Log, LogRow } from './log-row.js';
import { paramsOf } from './row-params.js';
import { cell, type Row, type Table } from './table.js';

/** More experiments than a loop ever makes: the log grows, and its study takes the new ones. */
const MOST_RUNS = 1_000_000;

type Target = { readonly space: Space; readonly spec: Pick<StudySpec, 'objectives' | 'metrics'> };

/** Returns the space of an agent's log: its parameters, or the numbers of its experiments where it has none. */
export function logSpace(table: Table, params: readonly string[]): Space {
  if (params.length !== 1 || params[0] !== RUN) return inferSpace(table, params);
  return makeSpace([{ name: RUN, distribution: int(0, MOST_RUNS) }]);
}

/** Checks that a study has the goal of a log. @throws HpoError import.other-goal (usage). */
export function requireSameGoal(
  { name, spec }: { readonly name: string; readonly spec: Pick<StudySpec, 'objectives'> },
  { metric, direction }: Log,
): void {
  const [own, ...others] = spec.objectives;
  if (others.length === 0 && own?.metric === metric && own?.direction === direction) return;
  throw usageError(
    'import.other-goal',
    `expected a log with the goal of the study ${name} (${own?.direction} ${own?.metric}), got ${direction} ${metric}`,
    { fix: '--study OTHER makes a study for it' },
  );
}

/** Returns the column of each objective: its own, else those that a line calls `value` or `values`. */
export function logColumns(
  { spec }: Pick<Target, 'spec'>,
  { columns }: Table,
  { metric }: { readonly metric?: string },
): readonly string[] {
  const own = spec.objectives.map((objective) => objective.metric);
  if (metric !== undefined && own.length === 1) return [metric];
  if (own.every((name) => columns.includes(name))) return own;
  if (own.length === 1 && columns.includes('value')) return ['value'];
  const listed = own.map((_, k) => `values.${k}`);
  return listed.every((name) => columns.includes(name)) ? listed : own;
}

type Cells = {
  readonly row: Row;
  readonly names: readonly string[];
  readonly columns: readonly string[];
};

/** Returns the trial of a line, or why the study cannot have it. */
export function toLogged(
  study: Target,
  said: LogRow,
  { row, names, columns }: Cells,
): ImportedTrial | string {
  const { state, reason, metrics } = said;
  if (state === null) return reason ?? 'it has not ended';
  const { objectives } = study.spec;
  const numbers = columns.map((column) => parseNumber(cell(row, column) ?? ''));
  const values = numbers.filter(
    (value, k): value is number => value !== null && isResult(value, objectives[k]?.direction ?? 'minimize'),
  );
  const isWhole = values.length === columns.length;
  if (state === 'complete' && !isWhole)
    return `expected a number for ${columns.join(' and ')}, got ${columns.map((column) => JSON.stringify(cell(row, column) ?? null)).join(' and ')}`;
  const hasResult = state !== 'fail' && isWhole;
  const own = hasResult ? objectives.map(({ metric }, k) => [metric, values[k] as number] as const) : [];
  const finishedAtMs = said.finishedAtMs ?? Date.now();
  return {
    state,
    reason,
    params: paramsOf(study.space, row, names),
    values: hasResult ? values : null,
    metrics: { ...finite(metrics), ...Object.fromEntries(own) },
    startedAtMs: finishedAtMs,
    finishedAtMs,
    remarks: { attrs: said.attrs, note: said.note, tags: said.tags },
  };
}

function finite(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => !Number.isNaN(value)));
}

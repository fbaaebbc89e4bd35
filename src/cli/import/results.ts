import { existsSync } from 'node:fs';
import { defaultName } from '../../config/default-name.js';
import { usageError } from '../../core/errors.js';
import { isResult } from '../../core/objective-value.js';
import type { Space } from '../../core/space.js';
import { plainSpec, type StudySpec } from '../../core/spec.js';
import type { Direction } from '../../core/trial.js';
import { parseNumber } from '../../protocol/metric.js';
import { NO_REMARKS } from '../../storage/annotation.js';
import type { Storage } from '../../storage/storage.js';
import { type ImportedTrial, importTrials } from '../../study/import-trials.js';
import { createStudy, openStudy } from '../../study/open-study.js';
import { openOrCreate } from '../open-or-create.js';
import { checkNewName } from '../optimize/load.js';
import { warn } from '../output.js';
import { inferSpace, mixedColumns } from './infer.js';
import { logColumns, logSpace, requireSameGoal, toLogged } from './log-trials.js';
import { paramsOf } from './row-params.js';
import { cell, mustHave, type Row, type Table } from './table.js';

export type ResultsOptions = {
  readonly params?: readonly string[];
  readonly metric?: string;
  readonly direction?: Direction;
  readonly study?: string;
  readonly storage: string;
  readonly sweep: string;
};

export type ImportedResults = {
  readonly study: string;
  /** Numbers of the new trials. */
  readonly trials: readonly number[];
  /** Those of them that have failed. */
  readonly failed: readonly number[];
  /** Rows that the study cannot take, counted from 1, with the reason. */
  readonly left: readonly { readonly row: number; readonly reason: string }[];
};

/** The study that rows are imported into. */
export type ImportTarget = {
  readonly space: Space;
  readonly spec: Pick<StudySpec, 'objectives' | 'metrics'>;
};

/** Columns that only hpo's own tables have together. */
const OURS = ['study', 'trial', 'configuration', 'state', 'device'];

/** Loads the rows of a table into a study as finished trials. */
export async function importResults(
  storage: Storage,
  table: Table,
  options: ResultsOptions,
): Promise<ImportedResults> {
  const study = await studyFor(storage, table, options);
  const { log } = table;
  const names = options.params ?? study.space.params.map(({ name }) => name);
  const ours = OURS.every((column) => table.columns.includes(column));
  const columns = log ? logColumns(study, table, options) : valueColumns(study, options, ours);
  mustHave(table, [...(options.params ?? []), ...columns]);
  const lineOf = (at: number) => log?.rows[at]?.line ?? at + 1;
  const trials: number[] = [];
  const failed: number[] = [];
  const left: { row: number; reason: string }[] = [];
  // Another program's table may have a parameter of this name; hpo's has param.state then.
  const stated = ours || !names.includes('state');
  const pasts = table.rows.map((row, at) => {
    const said = log?.rows[at];
    if (said) return toLogged(study, said, { row, names, columns });
    return stated && !isComplete(row) ? `its state is ${stateOf(row)}` : toPast(study, row, names, columns);
  });
  const added = await importTrials(
    study,
    pasts.filter((past) => typeof past !== 'string'),
  );
  let next = 0;
  for (const [at, past] of pasts.entries()) {
    const answer = typeof past === 'string' ? past : (added[next++] as number | string);
    if (typeof answer === 'number') {
      trials.push(answer);
      if (typeof past !== 'string' && past.state === 'fail') failed.push(answer);
    } else left.push({ row: lineOf(at), reason: answer });
  }
  return { study: study.name, trials, failed, left };
}

/** Returns the named study or that of the sweep file; without either, a new one for the table. */
async function studyFor(storage: Storage, table: Table, options: ResultsOptions) {
  const { log } = table;
  const named = options.study ?? (log?.isAgents ? (log.study ?? defaultName(table.file)) : undefined);
  const record = named === undefined ? null : await storage.findStudy(named);
  if (record) {
    const study = await openStudy(storage, record);
    if (log?.isAgents) requireSameGoal(study, log);
    return study;
  }
  if (!log?.isAgents && existsSync(options.sweep)) return openOrCreate(storage, options, null);
  const metric = options.metric ?? log?.metric ?? undefined;
  const params = options.params ?? (table.params.length > 0 ? table.params : undefined);
  if (!params || metric === undefined) {
    throw usageError(
      'import.no-study',
      `expected a sweep file ${options.sweep}, an existing study, or --params and --metric, got none of them`,
      { fix: `hpo import ${table.file} --params lr,opt --metric loss` },
    );
  }
  mustHave(table, [...params, metric]);
  const name = named ?? defaultName(table.file);
  checkNewName(name);
  if (await storage.findStudy(name)) {
    throw usageError('import.study-exists', `a study ${JSON.stringify(name)} already exists`, {
      fix: `--study ${name} adds the rows to it; --study OTHER makes a new one`,
    });
  }
  const direction = options.direction ?? log?.direction ?? 'minimize';
  const space = log?.isAgents ? logSpace(table, params) : inferSpace(table, params);
  for (const text of mixedColumns(table, space)) warn(text);
  // A search whose trainer is unknown.
  const spec = plainSpec([{ metric, direction, reduce: 'last' }], space);
  return createStudy(storage, { name, spec, seed: 0, nowMs: Date.now() });
}

/**
 * Returns the column of each objective; --metric names that of a single one. hpo's own tables have columns for the
 * reduced value of a metric's steps, beside its last value.
 */
function valueColumns(
  study: Pick<ImportTarget, 'spec'>,
  { metric }: ResultsOptions,
  ours: boolean,
): string[] {
  const own = study.spec.objectives.map((objective) => objective.metric);
  if (ours && metric === undefined)
    return own.length === 1 ? ['objective'] : own.map((name) => `objective.${name}`);
  return metric !== undefined && own.length === 1 ? [metric] : own;
}

function toPast(
  study: ImportTarget,
  row: Row,
  names: readonly string[],
  columns: readonly string[],
): ImportedTrial | string {
  const values: number[] = [];
  for (const [k, column] of columns.entries()) {
    const value = parseNumber(cell(row, column) ?? '');
    if (value === null || !isResult(value, study.spec.objectives[k]?.direction ?? 'minimize'))
      return `expected a number in ${column}, got ${JSON.stringify(cell(row, column))}`;
    values.push(value);
  }
  const own = study.spec.objectives.map(({ metric }, k) => {
    return [metric, parseNumber(cell(row, metric) ?? '') ?? values[k]] as const;
  });
  const others = (study.spec.metrics ?? []).flatMap((name) => {
    const value = parseNumber(cell(row, name) ?? '');
    return value === null ? [] : [[name, value] as const];
  });
  const finishedAtMs = time(row.finished_at) ?? Date.now();
  return {
    state: 'complete',
    reason: null,
    params: paramsOf(study.space, row, names),
    values,
    metrics: Object.fromEntries([...others, ...own]) as Record<string, number>,
    startedAtMs: time(row.started_at) ?? finishedAtMs,
    finishedAtMs,
    remarks: NO_REMARKS,
  };
}

/** Whether a row is complete, in tables that have the state of trials: hpo's, Optuna's, W&B's (State) and Ray's. */
function isComplete(row: Row): boolean {
  const state = stateOf(row);
  return state === undefined || state === '' || /^(?:complete|completed|finished|terminated)$/i.test(state);
}

function stateOf(row: Row): string | undefined {
  return row.state ?? (row.State !== undefined && row.Name !== undefined ? row.State : undefined);
}

function time(text: string | undefined): number | null {
  const ms = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

import { existsSync } from 'node:fs';
import { defaultName } from '../../config/load.js';
import type { Params, ParamValue } from '../../core/distribution.js';
import { usageError } from '../../core/errors.js';
import type { Space } from '../../core/space.js';
import type { StudySpec } from '../../core/spec.js';
import type { Direction } from '../../core/trial.js';
import { parseNumber } from '../../protocol/metric.js';
import type { Storage } from '../../storage/storage.js';
import { addPastTrial, type PastTrial } from '../../study/past.js';
import { Study } from '../../study/study.js';
import { openOrCreate } from '../open-or-create.js';
import { checkNewName } from '../optimize/load.js';
import { inferSpace } from './infer.js';
import { mustHave, type Row, readTable, type Table } from './table.js';

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
  /** Rows that have no place in the study, counted from 1, and why. */
  readonly left: readonly { readonly row: number; readonly reason: string }[];
};

/** Loads the rows of a CSV table into a study as complete trials. */
export async function importResults(
  storage: Storage,
  file: string,
  options: ResultsOptions,
): Promise<ImportedResults> {
  const table = await readTable(file);
  const study = await studyFor(storage, table, options);
  const names = options.params ?? study.space.params.map(({ name }) => name);
  const columns = valueColumns(study, options);
  mustHave(table, [...(options.params ?? []), ...columns]);
  const trials: number[] = [];
  const left: { row: number; reason: string }[] = [];
  for (const [at, row] of table.rows.entries()) {
    const past = toPast(study, row, names, columns);
    const added = typeof past === 'string' ? past : await addPastTrial(study, past);
    if (typeof added === 'number') trials.push(added);
    else left.push({ row: at + 1, reason: added });
  }
  return { study: study.name, trials, left };
}

/** The study that is named or that the sweep file describes; without either, one made for the table. */
async function studyFor(storage: Storage, table: Table, options: ResultsOptions): Promise<Study> {
  const record = options.study === undefined ? null : await storage.findStudy(options.study);
  if (record) return Study.open(storage, record);
  if (existsSync(options.sweep)) return openOrCreate(storage, options, null);
  const { params, metric } = options;
  if (!params || metric === undefined) {
    throw usageError(
      'import.no-study',
      `expected a sweep file ${options.sweep}, a study that is there, or --params and --metric, got none of them`,
      { fix: `hpo import ${table.file} --params lr,opt --metric loss` },
    );
  }
  mustHave(table, [...params, metric]);
  const name = options.study ?? defaultName(table.file);
  checkNewName(name);
  const direction = options.direction ?? 'minimize';
  return Study.create(storage, name, specOf(inferSpace(table, params), metric, direction), 0, Date.now());
}

/** A search whose trainer nobody has told. */
function specOf(space: Space, metric: string, direction: Direction): StudySpec {
  return {
    objectives: [{ metric, direction, reduce: 'last' }],
    space,
    trainer: { command: null, cwd: null, env: {} },
    config: {},
    repeats: 1,
    seeds: null,
    start: [],
    outcomes: [],
    sampler: { name: 'auto', options: {} },
    pruner: { name: 'none', options: {} },
    terminator: { name: 'none', options: {} },
    metrics: null,
  };
}

/** The column of each objective; --metric names that of a single one. */
function valueColumns(study: Study, { metric }: ResultsOptions): string[] {
  const own = study.spec.objectives.map((objective) => objective.metric);
  return metric !== undefined && own.length === 1 ? [metric] : own;
}

/** Rows of our own tables tell their state; of others only the values. */
function toPast(
  study: Study,
  row: Row,
  names: readonly string[],
  columns: readonly string[],
): PastTrial | string {
  if (row.state !== undefined && !/^complete$/i.test(row.state)) return `its state is ${row.state}`;
  const values: number[] = [];
  for (const column of columns) {
    const value = parseNumber(row[column] ?? '');
    if (value === null || Number.isNaN(value))
      return `expected a number in ${column}, got ${JSON.stringify(row[column])}`;
    values.push(value);
  }
  const own = study.spec.objectives.map(({ metric }, k) => [metric, values[k]] as const);
  const others = (study.spec.metrics ?? []).flatMap((name) => {
    const value = parseNumber(row[name] ?? '');
    return value === null ? [] : [[name, value] as const];
  });
  const finishedAtMs = time(row.finished_at) ?? Date.now();
  return {
    params: paramsOf(study.space, row, names),
    values,
    metrics: Object.fromEntries([...others, ...own]) as Record<string, number>,
    startedAtMs: time(row.started_at) ?? finishedAtMs,
    finishedAtMs,
  };
}

/** The parameters of a row that the space knows; an empty cell is one that was not active. */
function paramsOf(space: Space, row: Row, names: readonly string[]): Params {
  const params: Record<string, ParamValue> = {};
  for (const { name, distribution } of space.params) {
    const text = names.includes(name) ? (row[name] ?? row[`param.${name}`] ?? '') : '';
    if (text === '') continue;
    const choice =
      distribution.kind === 'categorical'
        ? distribution.choices.find((each) => String(each) === text || JSON.stringify(each) === text)
        : parseNumber(text);
    // What does not fit stays text, so that the reason shows it.
    params[name] = choice ?? text;
  }
  return params;
}

function time(text: string | undefined): number | null {
  const ms = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

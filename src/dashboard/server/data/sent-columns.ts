import type { ParamValue } from '../../../core/distribution.js';
import { printable } from '../../../core/printable.js';
import type { Space } from '../../../core/space.js';
import { standardDeviation } from '../../../core/stats.js';
import type { Column } from '../../../results/column.js';
import { hasParents } from '../../../results/lineage.js';
import { TrialTable } from '../../../results/trial-table.js';
import type { ParamColumn, TextColumn } from '../../../results/value-columns.js';
import type { Column as SentColumn } from '../../columns.js';
import { codesOfTexts, codesOfValues } from './sent-codes.js';

/** Studies with more metrics show the others on the pages of their trials. */
const MAX_METRICS = 64;
const COMPLETE = TrialTable.STATES.indexOf('COMPLETE');

/** What columns are made from. `rows` null: all trials. */
export type Sent = {
  readonly table: TrialTable;
  readonly space: Space;
  readonly repeats: number;
  readonly timeBaseMs: number;
  readonly rows: Int32Array | null;
};

/** The trials of a study as columns (`protocol.ts` lists them). */
export function sentColumns(sent: Sent): SentColumn[] {
  const { table, rows, timeBaseMs } = sent;
  const take = (name: string, column: Column<Like>, made: Like): SentColumn =>
    numbers(name, taken(column, made, rows));
  const make = lengthOf(sent);
  const time = (name: string, column: Column<Float64Array>) => {
    const values = taken(column, new Float64Array(make), rows);
    for (let k = 0; k < values.length; k++) values[k] = (values[k] as number) - timeBaseMs;
    return numbers(name, values);
  };
  const texts = (name: string, column: TextColumn, read: (text: string) => string | readonly string[]) =>
    codesOfTexts(name, column, { length: make, rows, read });
  return [
    ...(rows === null ? [] : [numbers('trial', rows)]),
    take('state', table.states, new Uint8Array(make)),
    take('configuration', table.configurations, new Int32Array(make)),
    take('steps', table.epochs, new Int32Array(make)),
    numbers(
      'attempts',
      fill(new Uint8Array(make), rows, (row) => Math.min(255, table.attempts.get(row))),
    ),
    take('feasible', table.feasibility, new Uint8Array(make)),
    take('hidden', table.hidden, new Uint8Array(make)),
    time('start', table.startedAtMs),
    time('end', table.finishedAtMs),
    ...(table.hasPauses
      ? [
          take('pausedAt', table.pausedAt, new Float64Array(make)),
          time('pausedSince', table.pausedSinceMs),
          take('ran', table.ranMs, new Float64Array(make)),
        ]
      : []),
    ...(hasParents(table)
      ? [
          take('parent', table.parents, new Int32Array(make)),
          take('parentStep', table.parentSteps, new Float64Array(make)),
        ]
      : []),
    ...table.objectives.map((column, k) => take(`value:${k}`, column, new Float64Array(make))),
    ...deviations(sent),
    texts('reason', table.reasons, printable),
    texts('device', table.devices, printable),
    texts('tags', table.tags, tagsOf),
    ...[...table.params].map(([name, column]) => parameter(sent, name, column)),
    ...[...table.metrics]
      .slice(0, MAX_METRICS)
      .map(([name, { values }]) => take(`metric:${name}`, values, new Float32Array(make))),
  ];
}

type Like = Float64Array | Float32Array | Int32Array | Uint8Array;

function lengthOf({ rows, table }: Sent): number {
  return rows === null ? table.length : rows.length;
}

function numbers(name: string, values: SentColumn['values']): SentColumn {
  return { name, values, dictionary: null };
}

/** The value of each of these rows in a column, of all for null. */
function taken<A extends Like>(column: Column<Like>, made: A, rows: Int32Array | null): A {
  if (rows !== null) return fill(made, rows, (row) => column.get(row));
  column.copyTo(made);
  return made;
}

/** What a function says of each of these rows, of all for null. */
function fill<A extends SentColumn['values']>(
  values: A,
  rows: Int32Array | null,
  read: (row: number) => number,
): A {
  for (let k = 0; k < values.length; k++) values[k] = read(rows === null ? k : (rows[k] as number));
  return values;
}

/** A parameter with choices is sent as codes, in the order of its choices; every other one as numbers. */
function parameter(sent: Sent, name: string, column: ParamColumn): SentColumn {
  const length = lengthOf(sent);
  const choices = choicesOf(sent.space, name, column);
  if (choices !== null)
    return codesOfValues(`param:${name}`, column, { length, rows: sent.rows, known: choices });
  return numbers(`param:${name}`, taken(column.numbers, new Float32Array(length), sent.rows));
}

/** The choices of a parameter; null for one whose values are numbers. */
export function choicesOf(space: Space, name: string, column: ParamColumn): readonly ParamValue[] | null {
  const distribution = space.params.find((param) => param.name === name)?.distribution;
  if (distribution) return distribution.kind === 'categorical' ? distribution.choices : null;
  // One that only constraints set, or that trials of another program brought.
  return column.others.length > 0 ? [] : null;
}

/** The deviation of each objective over the complete trials of a configuration; NaN with fewer than two. */
function deviations(sent: Sent): SentColumn[] {
  const { table, rows, repeats } = sent;
  const complete = repeats > 1 ? completeTrials(table) : new Map<number, number[]>();
  return table.objectives.map((column, k) => {
    const found = new Map(
      [...complete].map(([configuration, trials]) => [
        configuration,
        standardDeviation(trials.map((trial) => column.get(trial))) ?? Number.NaN,
      ]),
    );
    const values = fill(
      new Float32Array(lengthOf(sent)),
      rows,
      (row) => found.get(table.configurations.get(row)) ?? Number.NaN,
    );
    return numbers(`std:${k}`, values);
  });
}

/** Complete trials by their configuration. */
function completeTrials({ states, configurations }: TrialTable): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const [trial, state] of states.values().entries()) {
    const configuration = configurations.get(trial);
    if (state !== COMPLETE || configuration < 0) continue;
    const trials = found.get(configuration);
    if (trials) trials.push(trial);
    else found.set(configuration, [trial]);
  }
  return found;
}

/** Tags are stored as a JSON list. */
function tagsOf(text: string): readonly string[] {
  return (JSON.parse(text) as readonly string[]).map(printable);
}

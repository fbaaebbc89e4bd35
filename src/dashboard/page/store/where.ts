import { compileFilter } from '../../../results/filter/filter.js';
import { type FieldKind, type NamedField, NamedFields } from '../../../results/filter/named-fields.js';
import type { DictionaryValue } from '../../columns.js';
import type { Field } from './fields.js';
import { outlierMarks } from './outliers.js';
import type { TrialColumns } from './trial-columns.js';

type Test = (trial: number) => boolean;
type Value = NamedField<number>['value'];

/**
 * Returns the test of a condition such as `lr < 0.01 and optimizer == "adam"`: what `hpo trials --where` takes. A choice or a
 * state that is no name needs no quotes here.
 * @throws HpoError where.* for a text that is none (yet).
 */
export function parseWhere(text: string, fields: ReadonlyMap<string, Field>, columns: TrialColumns): Test {
  const names = new NamedFields<number>(namedFields(fields, columns));
  const words = wordsOf(fields, columns);
  return compileFilter<number>(text, {
    known: names.known,
    find: (name) => {
      const field = names.find(name);
      if (field || !words.has(name.toLowerCase())) return field;
      return { value: () => name, isCaseless: false, isSingle: false };
    },
  });
}

/** Returns why a text is no condition, in a few words; null where it is one, or empty. */
export function whereProblem(
  text: string,
  fields: ReadonlyMap<string, Field>,
  columns: TrialColumns,
): string | null {
  if (text.trim() === '') return null;
  try {
    parseWhere(text, fields, columns);
    return null;
  } catch (error) {
    return (error as Error).message.split('\n', 1)[0] ?? '';
  }
}

function namedFields(fields: ReadonlyMap<string, Field>, columns: TrialColumns): NamedField<number>[] {
  const all: NamedField<number>[] = [];
  for (const field of fields.values()) if (field.group !== 'run') all.push(ofField(field, columns));
  const number = (key: string): Value => numberOf(columns.values(key));
  const text =
    (key: string): Value =>
    (trial) =>
      columns.text(key, trial);
  const time = (key: string): Value => numberOf(fields.get(key)?.values ?? []);
  const own: Readonly<Record<string, Value>> = {
    trial: (trial) => trial,
    state: (trial) => columns.state(trial).toLowerCase(),
    configuration: atLeast(number('configuration'), 0),
    attempt: atLeast(number('attempts'), 1),
    paused_at: number('pausedAt'),
    epochs: number('steps'),
    parent: atLeast(number('parent'), 0),
    time: time('duration'),
    device: text('device'),
    feasible: (trial) => [null, true, false][columns.values('feasible')[trial] ?? 0] ?? null,
    reason: text('reason'),
    hidden: (trial) => columns.values('hidden')[trial] === 1,
    outlier: outlierOf(fields, columns),
    tags: text('tags'),
    started: time('start'),
    finished: time('end'),
  };
  for (const [name, value] of Object.entries(own)) all.push(named('trial', name, value));
  return all;
}

/** Looked for when a condition names it. */
function outlierOf(fields: ReadonlyMap<string, Field>, columns: TrialColumns): Value {
  let marks: Float64Array | null = null;
  return (trial) => {
    marks ??= outlierMarks(columns, fields.values());
    return marks[trial] === 1;
  };
}

function ofField({ key, name, group, values, choices, direction }: Field, columns: TrialColumns) {
  const isSingle = values instanceof Float32Array;
  const dictionary = choices === null ? null : columns.columns.get(key);
  const value: Value = dictionary
    ? (trial) => literalOf(dictionary.dictionary?.[(dictionary.values[trial] ?? 0) - 1])
    : numberOf(values);
  return { ...named(group as FieldKind, name, value), direction, isSingle: isSingle && !dictionary };
}

function named(kind: FieldKind, name: string, value: Value): NamedField<number> {
  const isCaseless = kind === 'trial' && name === 'state';
  return { kind, name, value, direction: null, isCaseless, isSingle: false };
}

function numberOf(values: ArrayLike<number>): Value {
  return (trial) => {
    const value = values[trial];
    return value === undefined || Number.isNaN(value) ? null : value;
  };
}

function atLeast(read: Value, least: number): Value {
  return (trial) => {
    const value = read(trial);
    return typeof value === 'number' && value >= least ? value : null;
  };
}

function literalOf(value: DictionaryValue | undefined) {
  if (value === undefined) return null;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** Texts that may stand without quotes, in lower case: states, and choices that are texts. */
function wordsOf(fields: ReadonlyMap<string, Field>, columns: TrialColumns): ReadonlySet<string> {
  const words = new Set(['waiting', 'queued', 'paused', 'running', 'complete', 'pruned', 'fail']);
  for (const { key, choices } of fields.values())
    for (const choice of choices === null ? [] : (columns.columns.get(key)?.dictionary ?? []))
      if (typeof choice === 'string') words.add(choice.toLowerCase());
  return words;
}

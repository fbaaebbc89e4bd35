import type { ParamValue } from '../core/distribution.js';
import type { Column } from './column.js';
import { numbersBelow } from './curves.js';
import type { ResultsStudy } from './results-study.js';
import { TrialTable } from './trial-table.js';
import { MetricColumn, ParamColumn } from './value-columns.js';

/** Where a model was read from, and up to where. */
export type Source = { readonly study: string; readonly mark: string };

/** A table of trials with what is needed to bring it up to date. */
export type StoredResults = {
  readonly source: Source;
  readonly table: TrialTable;
  /** By trial number: the stamp of its last change that is in the table. */
  readonly stamps: Float64Array;
  /** By trial number: its id in the database. */
  readonly ids: Float64Array;
};

/** Changes whenever the columns or their order do: then nothing that was stored before is read. */
const FORM = 4;

type Kind = 'f64' | 'f32' | 'i32' | 'u8' | 'u32';
/** A column in the bytes. `value` not null: every row has it, and there are no bytes. */
type Part = {
  readonly kind: Kind;
  readonly length: number;
  readonly at: number;
  readonly value: string | null;
};

type Header = {
  readonly form: number;
  readonly source: Source;
  /** What the columns depend on. */
  readonly study: string;
  readonly params: readonly [name: string, others: readonly (ParamValue | 'NaN')[]][];
  readonly metrics: readonly string[];
  readonly violations: number;
  readonly texts: readonly (readonly string[])[];
  readonly parts: readonly Part[];
};

/** Returns the parts of a text of bytes, one after the other: a length, a header in JSON, and the columns. */
export function packResults(
  { source, table, stamps, ids }: StoredResults,
  study: ResultsStudy,
): Uint8Array[] {
  const arrays: Values[] = [...columnsOf(table).map((column) => column.values() as Values), stamps, ids];
  const { starts, steps, values } = table.curves.pack(numbersBelow(table.length));
  arrays.push(starts, steps, values);
  const parts: Part[] = [];
  const bodies: Uint8Array[] = [];
  let at = 0;
  for (const array of arrays) {
    const value = commonValue(array);
    parts.push({ kind: kindOf(array), length: array.length, at, value });
    if (value !== null) continue;
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    const padding = new Uint8Array(-bytes.length & 7);
    bodies.push(bytes, padding);
    at += bytes.length + padding.length;
  }
  const header: Header = {
    form: FORM,
    source,
    study: shapeOf(study),
    params: [...table.params].map(([name, { others }]) => [name, others.map(toJsonValue)]),
    metrics: [...table.metrics.keys()],
    violations: table.violations.length,
    texts: textsOf(table).map(({ texts }) => texts),
    parts,
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(8 + text.length + (-text.length & 7));
  new DataView(head.buffer).setFloat64(0, text.length, true);
  head.set(text, 8);
  return [head, ...bodies];
}

/** The inverse of `packResults`; null for bytes of another form or of a study with other columns. The table keeps the bytes. */
export function unpackResults(bytes: Uint8Array, study: ResultsStudy): StoredResults | null {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Header;
  if (header.form !== FORM || header.study !== shapeOf(study)) return null;
  const table = new TrialTable(study);
  for (const [name, others] of header.params) {
    const column = table.params.get(name) ?? new ParamColumn();
    column.restore(others.map(fromJsonValue));
    table.params.set(name, column);
  }
  for (const name of header.metrics) table.metrics.set(name, new MetricColumn());
  table.addViolations(header.violations);
  for (const [k, column] of textsOf(table).entries()) column.restore(header.texts[k] ?? []);
  const body = bytes.byteOffset + 8 + length + (-length & 7);
  const arrays = header.parts.map((part) => arrayOf(part, bytes.buffer, body));
  const columns = columnsOf(table);
  for (const [k, column] of columns.entries()) column.adopt(arrays[k] as never);
  const [stamps, ids, starts, steps, values] = arrays.slice(columns.length) as [
    Float64Array,
    Float64Array,
    Uint32Array,
    Float64Array,
    Float64Array,
  ];
  table.curves.unpack({ starts, steps, values });
  return { source: header.source, table, stamps, ids };
}

type Values = Float64Array | Float32Array | Int32Array | Uint8Array | Uint32Array;

/** In a fixed order. */
function columnsOf(table: TrialTable): Column<Float64Array | Float32Array | Int32Array | Uint8Array>[] {
  return [
    ...[table.states, table.configurations, table.attempts, table.epochs, table.parents],
    ...[
      table.startedAtMs,
      table.finishedAtMs,
      table.ranMs,
      table.spentMs,
      table.pausedAt,
      table.pausedSinceMs,
      table.seeds,
      table.parentSteps,
      table.exitCodes,
    ],
    ...table.objectives,
    ...[...table.params.values()].flatMap(({ numbers, codes }) => [numbers, codes]),
    ...[...table.metrics.values()].flatMap(({ values, isReported }) => [values, isReported]),
    ...[table.violationCounts, ...table.violations, table.feasibility],
    ...textsOf(table).map(({ codes }) => codes),
    ...[table.hidden, table.gpuPercent, table.gpuMemoryMiB, table.cardMemoryMiB, table.revisions],
  ] as Column<Float64Array | Float32Array | Int32Array | Uint8Array>[];
}

function textsOf(table: TrialTable) {
  return [table.reasons, table.causes, table.devices, table.notes, table.tags, table.forced];
}

/** What decides which columns a table has from its beginning. */
function shapeOf({ spec, space }: ResultsStudy): string {
  return JSON.stringify([
    spec.objectives.map(({ metric, direction }) => [metric, direction]),
    space.params.map(({ name }) => name),
  ]);
}

/** Null unless all values are the same one. */
function commonValue(array: Values): string | null {
  const first = array[0];
  return first === undefined || !array.every((value) => Object.is(value, first)) ? null : numberText(first);
}

const numberText = (value: number) => (Object.is(value, -0) ? '-0' : String(value));

const toJsonValue = (value: ParamValue): ParamValue | 'NaN' =>
  typeof value === 'number' && Number.isNaN(value) ? 'NaN' : typeof value === 'string' ? `=${value}` : value;

const fromJsonValue = (value: ParamValue): ParamValue =>
  value === 'NaN' ? Number.NaN : typeof value === 'string' ? value.slice(1) : value;

const ARRAYS = { f64: Float64Array, f32: Float32Array, i32: Int32Array, u8: Uint8Array, u32: Uint32Array };

function kindOf(array: Values): Kind {
  const found = Object.entries(ARRAYS).find(([, type]) => array instanceof type);
  return (found?.[0] ?? 'f64') as Kind;
}

function arrayOf({ kind, length, at, value }: Part, buffer: ArrayBufferLike, body: number): Values {
  const type = ARRAYS[kind];
  return value === null
    ? new type(buffer as ArrayBuffer, body + at, length)
    : new type(length).fill(Number(value));
}

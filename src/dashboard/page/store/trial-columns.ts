import type { ColumnArray, ColumnSet, DictionaryValue } from '../../columns.js';
import type { ColumnsHeader } from '../../protocol.js';

/** Codes of states, as the server sends them. */
export const STATES = ['', 'WAITING', 'QUEUED', 'RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'PAUSED'] as const;
export const STATE = {
  waiting: 1,
  queued: 2,
  running: 3,
  complete: 4,
  pruned: 5,
  fail: 6,
  paused: 7,
} as const;

export type PageColumn = { values: ColumnArray; dictionary: readonly DictionaryValue[] | null };

/** All trials of the open study, one typed array for each column, kept up to date by what changed. */
export class TrialColumns {
  readonly columns = new Map<string, PageColumn>();
  revision: number | null = null;
  total = 0;
  timeBaseMs = 0;

  /** Returns false when the answer does not fit what is here, so that all trials are needed again. */
  apply({ header, columns }: ColumnSet<ColumnsHeader>): boolean {
    if (header.full) {
      this.columns.clear();
      for (const { name, values, dictionary } of columns) this.columns.set(name, { values, dictionary });
      this.timeBaseMs = header.timeBaseMs;
    } else if (!this.#merge({ header, columns })) {
      return false;
    }
    this.revision = header.revision;
    this.total = header.total;
    return true;
  }

  #merge({ header, columns }: ColumnSet<ColumnsHeader>): boolean {
    const rows = columns.find(({ name }) => name === 'trial')?.values;
    if (!rows || header.timeBaseMs !== this.timeBaseMs) return rows?.length === 0;
    for (const { name, values, dictionary } of columns) {
      if (name === 'trial') continue;
      const column = this.columns.get(name) ?? this.#add(name, values, dictionary);
      if (column.values.constructor !== values.constructor) return false;
      column.values = grown(column.values, header.total, emptyOf(name));
      column.dictionary = dictionary;
      for (let k = 0; k < rows.length; k++) column.values[rows[k] as number] = values[k] as number;
    }
    for (const [name, column] of this.columns)
      column.values = grown(column.values, header.total, emptyOf(name));
    return true;
  }

  #add(name: string, like: ColumnArray, dictionary: readonly DictionaryValue[] | null): PageColumn {
    const values = new (like.constructor as new (length: number) => ColumnArray)(this.total);
    if (values instanceof Float32Array || values instanceof Float64Array) values.fill(Number.NaN);
    const column = { values, dictionary };
    this.columns.set(name, column);
    return column;
  }

  /** An empty array for a column that did not come. */
  values(name: string): ColumnArray {
    return this.columns.get(name)?.values ?? new Uint8Array(0);
  }

  /** Null where the trial has none, and for columns without a dictionary. */
  text(name: string, trial: number): string | null {
    const column = this.columns.get(name);
    const value = column?.dictionary?.[(column.values[trial] ?? 0) - 1];
    if (value === undefined || value === null) return null;
    return Array.isArray(value) ? value.join(', ') : String(value);
  }

  state(trial: number): (typeof STATES)[number] {
    return STATES[this.values('state')[trial] ?? 0] ?? '';
  }

  objective(trial: number, k = 0): number {
    return this.values(`value:${k}`)[trial] ?? Number.NaN;
  }
}

function emptyOf(name: string): number {
  return name === 'configuration' ? -1 : Number.NaN;
}

/** Returns the array, or a longer one; room for more is kept in its buffer. */
function grown(values: ColumnArray, length: number, empty: number): ColumnArray {
  if (values.length >= length) return values;
  const make = values.constructor as new (
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ) => ColumnArray;
  const bytes = values.BYTES_PER_ELEMENT;
  const inPlace = values.byteOffset === 0 && values.buffer.byteLength >= length * bytes;
  const buffer = inPlace ? values.buffer : new ArrayBuffer(Math.ceil(length * 1.5 + 64) * bytes);
  const next = new make(buffer, 0, length);
  if (!inPlace) next.set(values as Float64Array & Float32Array & Int32Array & Uint16Array & Uint8Array);
  // NaN becomes 0 in arrays of whole numbers, which is their code for none.
  next.fill(empty, values.length);
  return next;
}

// Tables of numbers as bytes, for the page and the report: a magic word, the length of a JSON header, the header, and one
// array after another, each at a multiple of 8 bytes, little-endian. Reading copies nothing.

/** Numbers of one kind. */
export type ColumnArray = Float64Array | Float32Array | Int32Array | Uint16Array | Uint8Array;
export type ColumnType = 'f64' | 'f32' | 'i32' | 'u16' | 'u8';

/** What a code of a column stands for: a parameter's value, a text, or a set of tags. */
export type DictionaryValue = string | number | boolean | null | readonly string[];

export type Column = {
  readonly name: string;
  readonly values: ColumnArray;
  /** Null: `values` are numbers. Else they are codes: 0 for none, and k for the value at place k - 1. */
  readonly dictionary: readonly DictionaryValue[] | null;
};

/** `header` must be what JSON can say: no NaN, no infinity. */
export type ColumnSet<H> = { readonly header: H; readonly columns: readonly Column[] };

type Described = {
  readonly name: string;
  readonly type: ColumnType;
  readonly length: number;
  readonly dictionary: readonly DictionaryValue[] | null;
};

const MAGIC = 0x31_6f_70_68; // "hpo1"
const ALIGNMENT = 8;
const ARRAYS = {
  f64: Float64Array,
  f32: Float32Array,
  i32: Int32Array,
  u16: Uint16Array,
  u8: Uint8Array,
} as const;

/** Returns columns as bytes. */
export function encodeColumns<H>({ header, columns }: ColumnSet<H>): Uint8Array<ArrayBuffer> {
  const described = columns.map(
    ({ name, values, dictionary }): Described => ({
      name,
      type: typeOf(values),
      length: values.length,
      dictionary,
    }),
  );
  const text = new TextEncoder().encode(JSON.stringify({ header, columns: described }));
  const start = align(8 + text.length);
  const size = columns.reduce((end, { values }) => align(end) + values.byteLength, start);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, text.length, true);
  bytes.set(text, 8);
  let at = start;
  for (const { values } of columns) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at = align(at + values.byteLength);
  }
  return bytes;
}

/**
 * Returns the columns of these bytes. Their arrays are views of the bytes where those begin at a multiple of 8.
 * @throws TypeError for bytes that `encodeColumns` did not write, or that end too early.
 */
export function decodeColumns<H>(bytes: Uint8Array): ColumnSet<H> {
  const whole = bytes.byteOffset % ALIGNMENT === 0 ? bytes : bytes.slice();
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  if (whole.length < 8 || view.getUint32(0, true) !== MAGIC) throw new TypeError('expected columns of hpo');
  const length = view.getUint32(4, true);
  if (8 + length > whole.length) throw new TypeError('expected columns of hpo, got a part of them');
  const text = new TextDecoder().decode(whole.subarray(8, 8 + length));
  const { header, columns } = JSON.parse(text) as { header: H; columns: readonly Described[] };
  let at = align(8 + length);
  return {
    header,
    columns: columns.map(({ name, type, length: count, dictionary }) => {
      const end = at + count * ARRAYS[type].BYTES_PER_ELEMENT;
      if (end > whole.length) throw new TypeError('expected columns of hpo, got a part of them');
      const values = new ARRAYS[type](whole.buffer as ArrayBuffer, whole.byteOffset + at, count);
      at = align(end);
      return { name, values, dictionary };
    }),
  };
}

function typeOf(values: ColumnArray): ColumnType {
  if (values instanceof Float64Array) return 'f64';
  if (values instanceof Float32Array) return 'f32';
  if (values instanceof Int32Array) return 'i32';
  return values instanceof Uint16Array ? 'u16' : 'u8';
}

const align = (offset: number) => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;

/** The parts of Protocol Buffers' wire format that records of loggers need. */

/** An encoded field. As in proto3, zeros and empty texts are omitted, but not in `message`. */
export type Field = Uint8Array;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** Encodes an integer >= 0. */
export function int(field: number, value: number): Field {
  return value === 0 ? new Uint8Array() : concat([varint(field * 8 + VARINT), varint(value)]);
}

/** Encodes a number of 64 bits; zeros too. */
export function double(field: number, value: number): Field {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = field * 8 + FIXED64;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

/** Encodes a number of 32 bits, zeros too. A larger one becomes an infinity. */
export function float(field: number, value: number): Field {
  const bytes = Buffer.allocUnsafe(5);
  bytes[0] = field * 8 + FIXED32;
  bytes.writeFloatLE(value, 1);
  return bytes;
}

export function string(field: number, value: string | null): Field {
  return value ? message(field, [Buffer.from(value, 'utf8')]) : new Uint8Array();
}

export function message(field: number, fields: readonly Field[]): Field {
  const body = concat(fields);
  return concat([varint(field * 8 + LENGTH), varint(body.length), body]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

/** Encodes seven bits per byte, the lowest first. Without bit operators, which have 32 bits only. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Column, type ColumnArray, decodeColumns, encodeColumns } from '../../src/dashboard/columns.js';

const arrays: fc.Arbitrary<ColumnArray> = fc.oneof(
  fc.float64Array(),
  fc.float32Array(),
  fc.int32Array(),
  fc.uint16Array(),
  fc.uint8Array(),
);
const dictionaries = fc.option(
  fc.array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string()),
    ),
  ),
);
const columns: fc.Arbitrary<readonly Column[]> = fc.array(
  fc.record({ name: fc.string({ unit: 'binary' }), values: arrays, dictionary: dictionaries }),
);

describe('columns as bytes', () => {
  test('come back as they were, bit by bit, wherever the bytes begin in memory', () => {
    fc.assert(
      fc.property(columns, fc.nat({ max: 9 }), (given, offset) => {
        const header = { revision: 7, names: ['é', '\u2028'] };
        const bytes = encodeColumns({ header, columns: given });
        const moved = new Uint8Array(bytes.length + offset).subarray(offset);
        moved.set(bytes);
        const found = decodeColumns(moved);
        expect(found.header).toEqual(header);
        expect(found.columns).toEqual(given);
      }),
    );
  });

  test('a reader copies no array of bytes that begin where memory is aligned', () => {
    const bytes = encodeColumns({
      header: {},
      columns: [
        { name: 'odd', values: new Uint8Array(3), dictionary: null },
        { name: 'wide', values: new Float64Array(2), dictionary: null },
      ],
    });
    for (const { values } of decodeColumns(bytes).columns) expect(values.buffer).toBe(bytes.buffer);
  });

  test('cut or foreign bytes are refused and never read beyond their end', () => {
    const whole = encodeColumns({
      header: {},
      columns: [{ name: 'x', values: Float64Array.of(1, 2), dictionary: null }],
    });
    for (let length = 0; length < whole.length; length++)
      expect(() => decodeColumns(whole.subarray(0, length))).toThrow(TypeError);
    expect(() => decodeColumns(new TextEncoder().encode('{"error": {"code": "x"}}'))).toThrow(
      'expected columns of hpo',
    );
  });
});

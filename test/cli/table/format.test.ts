import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortNumber, shortValue, withDeviation } from '../../../src/cli/table/format.js';

test.each([
  [0.005779803900453246, '0.00578'],
  [0.1, '0.1'],
  [1 / 3, '0.3333'],
  [12.34567, '12.35'],
  [1234.567, '1235'],
  [123456.7, '123457'],
  [1234567, '1234567'],
  [-0.25, '-0.25'],
  [0.00001, '1e-5'],
  [0.0000123456, '1.235e-5'],
  [1.23456e12 + 0.5, '1.235e12'],
  [1e300, '1e300'],
  [0, '0'],
  [Number.NaN, 'nan'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NEGATIVE_INFINITY, '-inf'],
])('%d is %s', (value, text) => {
  expect(shortNumber(value)).toBe(text);
});

test('a short number is the number, to four digits', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 }), (value) => {
      expect(Math.abs(Number(shortNumber(value)) - value)).toBeLessThanOrEqual(Math.abs(value) * 5.1e-4);
    }),
  );
});

test('a value is as people wrote it; a deviation has two digits', () => {
  expect([true, 'adam', 0.10001, null, undefined].map(shortValue)).toEqual(['true', 'adam', '0.1', '', '']);
  expect(withDeviation(0.123456, 0.01234)).toBe('0.1235 ± 0.012');
  expect(withDeviation(0.123456, null)).toBe('0.1235');
});

import { expect, test } from 'vitest';
import { sizeBytes } from '../../src/config/size.js';
import { bytesWords, durationWords } from '../../src/core/units.js';

test('a duration is written as the sweep file may have it', () => {
  expect([0, 250, 1500, 60_000, 5_400_000, 90_000_000].map(durationWords)).toEqual([
    '0s',
    '250ms',
    '1s500ms',
    '1m',
    '1h30m',
    '1d1h',
  ]);
});

test('a size is written in the largest unit that leaves it whole', () => {
  expect([1, 1234, 1024, 500e6, 2 ** 30, 3 * 2 ** 20].map(bytesWords)).toEqual([
    '1B',
    '1234B',
    '1KiB',
    '500MB',
    '1GiB',
    '3MiB',
  ]);
});

test('a size is read with its unit, and nothing else is', () => {
  expect(['1', '500MB', '2 GiB', '1.5KiB', '3KB', '3kB'].map(sizeBytes)).toEqual([
    1,
    500e6,
    2 ** 31,
    1536,
    3000,
    3000,
  ]);
  const wrong = ['', '0', '-1', '1e3', 'MB', '5 apples', '5mb', '1MB2', '99999999TB', '5toString'];
  expect(wrong.map(sizeBytes)).toEqual(wrong.map(() => null));
});

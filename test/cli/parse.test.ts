import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import {
  argumentParser,
  parseCount,
  parseLimit,
  parseMetric,
  parseMetricNumber,
  parsePositive,
} from '../../src/cli/parse.js';

// The parsers of flags that the table of settings declares.
const parseDuration = argumentParser({ type: 'duration', zero: true });
const parseSize = argumentParser({ type: 'size' });
const parseBudget = argumentParser({ type: 'budget' });
const parseDevices = argumentParser({ type: 'devices' });

test.each([
  ['90s', 90_000],
  ['45m', 2_700_000],
  ['2h', 7_200_000],
  ['1h30m', 5_400_000],
  ['1d', 86_400_000],
  ['250ms', 250],
  ['0.5s', 500],
  ['30', 30_000],
])('the duration %s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', 'h', '2 h', '-2h', '2x', '2h!', '1e3s', 'inf'])('the duration %j is refused', (text) => {
  expect(() => parseDuration(text)).toThrow(InvalidArgumentError);
});

test('a limit is a duration above zero; a size is bytes or has a unit', () => {
  expect([parseLimit('30m'), parseLimit('90')]).toEqual([1_800_000, 90_000]);
  expect([parseSize('1000'), parseSize('2GiB')]).toEqual([1000, 2 ** 31]);
  for (const text of ['0', '0s', 'never', '-1m'])
    expect(() => parseLimit(text), text).toThrow(InvalidArgumentError);
  for (const text of ['0', 'much', '-5MB', '5 apples'])
    expect(() => parseSize(text), text).toThrow(InvalidArgumentError);
});

test('counts are whole numbers, budgets totals or more', () => {
  expect([parseCount('0'), parsePositive('7')]).toEqual([0, 7]);
  expect(parseBudget('12')).toEqual({ count: 12, more: false });
  expect(parseBudget('+12')).toEqual({ count: 12, more: true });
  for (const text of ['', '-1', '1.5', '1e3', '0x10', '99999999999999999999']) {
    expect(() => parseCount(text), text).toThrow(InvalidArgumentError);
  }
  expect(() => parsePositive('0')).toThrow(InvalidArgumentError);
  expect(() => parseBudget('0')).toThrow(InvalidArgumentError);
});

test('devices are auto, cpu, indices or UUIDs', () => {
  expect(parseDevices('auto')).toBe('auto');
  expect(parseDevices('cpu')).toBe('cpu');
  expect(parseDevices('0, 1')).toEqual(['0', '1']);
  expect(parseDevices('GPU-12ab,MIG-34/1/0')).toEqual(['GPU-12ab', 'MIG-34/1/0']);
  for (const text of ['', 'gpu', '0,,1', '0;1', '-1']) {
    expect(() => parseDevices(text), text).toThrow(InvalidArgumentError);
  }
});

test('metric numbers are those of METRIC lines', () => {
  expect(['1', '-.5', '1e-3', '+2.', 'inf', '-Infinity'].map(parseMetricNumber)).toEqual([
    1,
    -0.5,
    0.001,
    2,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  expect(parseMetricNumber('NaN')).toBeNaN();
  expect(parseMetric('a=1')).toEqual({ name: 'a', value: 1 });
  for (const text of ['', '0,5', '0x10', '1 2', 'five']) {
    expect(() => parseMetricNumber(text), text).toThrow(InvalidArgumentError);
  }
  for (const text of ['loss', '=1', 'loss=', 'loss=a=1']) {
    expect(() => parseMetric(text), text).toThrow(InvalidArgumentError);
  }
});

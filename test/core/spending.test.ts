import { expect, test } from 'vitest';
import { stepsLeftOf } from '../../src/core/spending.js';

const NONE = { steps: null, hours: null, metric: null };
const spent = { steps: 40, hours: 2, metric: 10 };

test('what is left of steps, hours or a cost is so many steps, by what one has cost so far', () => {
  expect(stepsLeftOf({ ...NONE, steps: 100 }, spent)).toBe(60);
  expect(stepsLeftOf({ ...NONE, hours: 3 }, spent)).toBe(20);
  expect(stepsLeftOf({ ...NONE, metric: { name: 'usd', max: 12 } }, spent)).toBe(8);
});

test('of several limits the first that ends counts, and none is below nothing', () => {
  expect(stepsLeftOf({ steps: 100, hours: 3, metric: { name: 'usd', max: 100 } }, spent)).toBe(20);
  expect(stepsLeftOf({ ...NONE, hours: 1 }, spent)).toBe(0);
});

test('nobody knows where no step has been trained, or none has cost anything', () => {
  expect(stepsLeftOf({ ...NONE, hours: 3 }, { steps: 0, hours: 0, metric: 0 })).toBeNull();
  expect(stepsLeftOf({ ...NONE, metric: { name: 'usd', max: 12 } }, { ...spent, metric: 0 })).toBeNull();
  expect(stepsLeftOf(NONE, spent)).toBeNull();
});

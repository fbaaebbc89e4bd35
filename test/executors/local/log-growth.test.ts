import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LogGrowth } from '../../../src/executors/local/log-growth.js';

it('a log that does not grow is looked at now and then', () => {
  const growth = new LogGrowth(1000);
  expect(growth.nextLookMs(10, 0)).toBe(25);
  expect(growth.nextLookMs(10, 25)).toBe(250);
});

it('the faster a log nears its limit, the sooner it is looked at again', () => {
  const at = (size: number) => {
    const growth = new LogGrowth(1_000_000);
    growth.nextLookMs(0, 0);
    return growth.nextLookMs(size, 100);
  };
  expect(at(100_000)).toBe(250);
  expect(at(400_000)).toBe(75);
  expect(at(900_000)).toBeCloseTo(100 / 18);
  expect(at(2_000_000)).toBe(5);
});

it('a log that grows evenly is beyond its limit by no more than it grows in 25 ms', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.integer({ min: 1e8, max: 1e10 }),
      (perMs, limit) => {
        const growth = new LogGrowth(limit);
        let [atMs, size] = [0, 0];
        while (size <= limit) {
          // A log that takes hours is looked at in the end like any other.
          if (limit - size > 1e4 * perMs) atMs += Math.floor((limit - size) / perMs) - 5000;
          atMs += growth.nextLookMs(size, atMs);
          size = perMs * atMs;
        }
        expect(size).toBeLessThanOrEqual(limit + perMs * 25);
      },
    ),
  );
});

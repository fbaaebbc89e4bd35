import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, pause, retryAfterMs } from '../../../src/loggers/http/backoff.js';

test('waits grow to a minute, half of each by chance', () => {
  expect([0, 1, 2, 3, 10, 1e9].map((tries) => backoffMs(tries, () => 0))).toEqual([
    250, 500, 1000, 2000, 30_000, 30_000,
  ]);
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (tries, chance) => {
      const ms = backoffMs(tries, () => chance);
      expect(ms).toBeGreaterThanOrEqual(backoffMs(tries, () => 0));
      expect(ms).toBeLessThanOrEqual(60_000);
    }),
  );
});

test('Retry-After is seconds or a date, never longer than a quarter of an hour, and nothing else', () => {
  const now = Date.UTC(2024, 0, 2, 3, 4, 5);
  const read = (header: string | null) => retryAfterMs(header, now);
  expect([read('0'), read(' 12 '), read('999999999999')]).toEqual([0, 12_000, 900_000]);
  expect([read('Tue, 02 Jan 2024 03:04:07 GMT'), read('Tue, 02 Jan 2024 03:04:00 GMT')]).toEqual([2000, 0]);
  expect([read(null), read('soon')]).toEqual([null, null]);
});

test('a pause ends when its signal says so, or is over before it begins', async () => {
  const stop = new AbortController();
  const pausing = pause(3_600_000, stop.signal);
  stop.abort();
  await pausing;
  await pause(3_600_000, stop.signal);
  await pause(1, new AbortController().signal);
});

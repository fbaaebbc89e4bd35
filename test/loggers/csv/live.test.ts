import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeLiveCsv } from '../../../src/loggers/csv/live.js';
import { finished, row, source, temporaryFolder } from '../support.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function live(busyMs = 0) {
  const file = join(temporaryFolder(), 'runs.csv');
  const kept: string[] = [];
  const errors: unknown[] = [];
  let writes = 0;
  const columns = () => {
    writes++;
    // A large table: writing it takes this long.
    const until = performance.now() + busyMs;
    while (performance.now() < until);
    return { params: [], metrics: [] };
  };
  const csv = makeLiveCsv(file, source('demo', [row(0)], columns), {
    kept: (path) => kept.push(path),
    error: (error) => errors.push(error),
  });
  return { csv, file, kept, errors, writes: () => writes };
}

test('writes a second after the first of many events, once', async () => {
  const { csv, file, writes } = live();
  for (let k = 0; k < 50; k++) csv.on(finished(k));
  await vi.advanceTimersByTimeAsync(999);
  expect(existsSync(file)).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await csv.flush();
  // One by the timer, one by flush.
  expect(writes()).toBe(2);
  expect(readFileSync(file, 'utf8')).toContain('demo,0,');
});

test('writes no more than once a second under steady events, and nothing without events', async () => {
  const { csv, writes } = live();
  for (let ms = 0; ms < 5000; ms += 50) {
    csv.on(finished(ms));
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(writes()).toBeGreaterThanOrEqual(3);
  expect(writes()).toBeLessThanOrEqual(5);
  await csv.flush();
  const before = writes();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(writes()).toBe(before);
});

test('a table that takes long to write is written less often', async () => {
  const { csv, writes } = live(100);
  csv.on(finished(0));
  await vi.advanceTimersByTimeAsync(1000);
  await vi.waitUntil(() => writes() === 1, { timeout: 30_000 });
  // Lets the write end, so that its duration is known.
  await new Promise((resolve) => setImmediate(resolve));
  csv.on(finished(1));
  await vi.advanceTimersByTimeAsync(1999);
  expect(writes()).toBe(1);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(writes()).toBe(2);
});

test('flush writes pending rows at once, also without an event, and again when called again', async () => {
  const { csv, file, writes } = live();
  csv.on(finished(0));
  await csv.flush();
  expect(existsSync(file)).toBe(true);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(writes()).toBe(1);
  await csv.flush();
  expect(writes()).toBe(2);
});

test('a warning changes no table', async () => {
  const { csv, writes } = live();
  csv.on({ type: 'warning', trial: 1, message: 'a malformed line' });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(writes()).toBe(0);
});

test('reports what it kept; a failure is reported once, and flush rejects with it', async () => {
  const { csv, file, kept, errors } = live();
  writeFileSync(file, 'study,trial\r\nold,1\r\n');
  await csv.flush();
  expect(kept).toEqual([file.replace('runs.csv', 'runs.old.csv')]);
  expect(errors).toEqual([]);
  const blocked = live();
  mkdirSync(blocked.file);
  for (const _ of [1, 2])
    await expect(blocked.csv.flush()).rejects.toMatchObject({ code: 'csv.not-writable' });
  expect(blocked.errors).toMatchObject([{ code: 'csv.not-writable' }]);
});

import { expect, test } from 'vitest';
import { until } from './until.js';

test("resolves with the condition's first value", async () => {
  const values = [null, undefined, false, 0];
  expect(await until(() => values.shift(), { everyMs: 1 })).toBe(0);
});

test('says what it waited for in vain', async () => {
  await expect(until(() => 1 > 2, { limitMs: 1 })).rejects.toThrow(
    /^waited 1 ms without success for: \(\) => 1 > 2$/,
  );
  await expect(until(() => null, { limitMs: 1, what: 'the pid file' })).rejects.toThrow('for: the pid file');
});

test('passes on what the condition throws', async () => {
  const broken = () => {
    throw new Error('no such folder');
  };
  await expect(until(broken)).rejects.toThrow('no such folder');
});

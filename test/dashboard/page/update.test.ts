import { expect, test } from 'vitest';
import { isUpdating, update } from '../../../src/dashboard/page/store/update.js';
import { until } from '../../support/until.js';

test('plots that nobody sees wait while a large study changes, and only then', async () => {
  const seen: boolean[] = [];
  update(6_000, () => void seen.push(isUpdating.value));
  expect(isUpdating.value).toBe(true);
  await until(() => !isUpdating.value);
  update(50, () => void seen.push(isUpdating.value));
  expect(isUpdating.value).toBe(false);
  expect(seen).toEqual([true, false]);
});

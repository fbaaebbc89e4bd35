import { expect, test } from 'vitest';
import type { DataSource } from '../../../src/dashboard/page/data/source.js';
import { brush, isMoving } from '../../../src/dashboard/page/store/brush.js';
import { NO_FILTERS } from '../../../src/dashboard/page/store/filters.js';
import { StudyStore } from '../../../src/dashboard/page/store/study-store.js';
import { until } from '../../support/until.js';
import { syntheticStudy } from './synthetic-study.js';

function storeOf(trials: number): StudyStore {
  // Nothing is read: the columns are there.
  const store = new StudyStore({} as DataSource, 's');
  store.columns.apply(syntheticStudy({ name: 's', trials }).columns);
  return store;
}

test('plots that nobody sees wait while the selection of a large study moves, and only then', async () => {
  const large = storeOf(6_000);
  brush(large, { ...NO_FILTERS, text: '1' });
  expect(large.filters.value.text).toBe('1');
  expect(isMoving.value).toBe(true);
  await until(() => !isMoving.value);

  brush(storeOf(50), { ...NO_FILTERS, text: '1' });
  expect(isMoving.value).toBe(false);
});

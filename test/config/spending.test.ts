import { expect, test } from 'vitest';
import { parseSpending, toSpending } from '../../src/config/spending.js';
import { spendingSchema } from '../../src/config/spending-schema.js';

const NONE = { steps: null, hours: null, metric: null };

test('a flag names one limit or several, with the keys of the sweep file', () => {
  expect(parseSpending('steps=5000')).toEqual({ ...NONE, steps: 5000 });
  expect(parseSpending('hours=0.5, steps=9')).toEqual({ ...NONE, steps: 9, hours: 0.5 });
  expect(parseSpending('metric=cost_usd,max=20')).toEqual({ ...NONE, metric: { name: 'cost_usd', max: 20 } });
  for (const text of [
    '',
    '5000',
    'steps',
    'steps=',
    'steps=0',
    'steps=1.5',
    'hours=-1',
    'hours=x',
    'metric=a',
  ])
    expect(parseSpending(text), text).toBeNull();
  for (const text of ['max=3', 'steps=1=2', 'steps=1,steps=2', 'epochs=3', '__proto__=1', 'hours=Infinity'])
    expect(parseSpending(text), text).toBeNull();
});

test('a sweep file has the same', () => {
  const read = (given: unknown) => toSpending(spendingSchema.parse(given));
  expect(read({ hours: 8 })).toEqual({ ...NONE, hours: 8 });
  expect(read({ metric: 'cost_usd', max: 20 })).toEqual({ ...NONE, metric: { name: 'cost_usd', max: 20 } });
  expect(spendingSchema.safeParse({ metric: 'cost_usd' }).success).toBe(false);
  expect(spendingSchema.safeParse({}).success).toBe(false);
  expect(spendingSchema.safeParse({ epochs: 3 }).success).toBe(false);
});

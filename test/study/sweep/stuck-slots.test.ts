import { expect, test } from 'vitest';
import { SlotPool } from '../../../src/executors/slot-pool.js';
import { leaveSlot } from '../../../src/study/sweep/stuck-slots.js';

const slots = [0, 1].map((id) => ({ id, device: String(id), env: {} }));
const quiet = () => {};

test('a slot is free again once the end of its attempt is stored, and stays taken where it could not be', () => {
  const pool = new SlotPool(slots);
  const first = pool.acquire('a');
  const second = pool.acquire('b');
  if (!first || !second) throw new Error('expected two slots');
  leaveSlot(pool, { slot: first, trial: 0, stuck: [], isSettled: true }, quiet);
  expect(pool.free).toBe(1);
  leaveSlot(pool, { slot: second, trial: 1, stuck: [], isSettled: false }, quiet);
  expect([pool.free, pool.size]).toEqual([1, 1]);
});

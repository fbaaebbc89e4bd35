import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Slot } from '../../src/executors/executor.js';
import { SlotPool } from '../../src/executors/slot-pool.js';

const token = () => randomUUID();

/** `shares` slots on each of so many GPUs. */
function slots(count: number, shares = 1): Slot[] {
  return Array.from({ length: count * shares }, (_, id) => ({
    id,
    device: String(id % count),
    env: { CUDA_VISIBLE_DEVICES: `GPU-${id % count}x` },
  }));
}

describe('SlotPool', () => {
  it('takes the least busy device first, then the lowest id', () => {
    const pool = new SlotPool(slots(2, 2));
    const first = pool.acquire(token());
    const second = pool.acquire(token());
    expect([first?.id, second?.id]).toEqual([0, 1]);
    expect(pool.acquire(token())?.id).toBe(2);
    pool.release(first as Slot);
    pool.release(second as Slot);
    // Device 0 has one trial, device 1 none.
    expect(pool.acquire(token())?.device).toBe('1');
  });

  it('finds a slot on the device of an attempt that runs already, or a place beyond the slots', () => {
    const pool = new SlotPool(slots(2));
    expect(pool.takeOver('1', token()).id).toBe(1);
    expect(pool.takeOver('1', token())).toEqual({ id: -1, device: '1', env: {} });
    expect(pool.takeOver('7', token()).id).toBe(-1);
    expect(pool.free).toBe(1);
  });

  it('never gives a slot twice nor more than it has, and keeps devices balanced', () => {
    const steps = fc.array(fc.boolean(), { maxLength: 60 });
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        (takes, count, shares) => {
          const pool = new SlotPool(slots(count, shares));
          const held: Slot[] = [];
          for (const take of takes) {
            const slot = take ? pool.acquire(token()) : null;
            if (slot !== null) {
              const busy = (device: string) => held.filter((other) => other.device === device).length;
              expect(held).not.toContain(slot);
              for (let d = 0; d < count; d++) expect(busy(slot.device)).toBeLessThanOrEqual(busy(String(d)));
              held.push(slot);
            } else if (!take && held.length > 0) pool.release(held.shift() as Slot);
            else if (take) expect(held).toHaveLength(pool.size);
            expect(pool.free).toBe(pool.size - held.length);
          }
        },
      ),
    );
  });
});

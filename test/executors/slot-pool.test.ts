import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Slot } from '../../src/executors/executor.js';
import { SlotPool } from '../../src/executors/slot-pool.js';
import { leasesOf, ownerOf, spawnProcess, tempDir, token } from './local/leases/harness.js';

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
    expect(pool.reattach('1', token()).id).toBe(1);
    expect(pool.reattach('1', token())).toEqual({ id: -1, device: '1', env: {} });
    expect(pool.reattach('7', token()).id).toBe(-1);
    expect(pool.free).toBe(1);
  });

  it('never gives a slot again that was withdrawn, and has one less from then on', () => {
    const pool = new SlotPool(slots(2));
    const [first, second] = [pool.acquire(token()), pool.acquire(token())] as [Slot, Slot];
    pool.withdraw(first);
    expect([pool.size, pool.free]).toEqual([1, 0]);
    pool.release(second);
    expect([pool.size, pool.free]).toEqual([1, 1]);
    expect(pool.acquire(token())).toBe(second);
    expect(pool.acquire(token())).toBeNull();
    pool.withdraw(second);
    expect([pool.size, pool.free]).toEqual([0, 0]);
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

describe('SlotPools of sweeps that share their GPUs', () => {
  /** Pools of two orchestrators that live, over so many GPUs. */
  function pools(count: number, places = 1) {
    const dir = tempDir();
    const child = spawnProcess();
    const [mine, theirs] = [leasesOf(dir), leasesOf(dir, ownerOf(child))];
    return {
      child,
      mine: new SlotPool(slots(count, places), { sharing: { leases: mine, slotsPerDevice: places } }),
      theirs: new SlotPool(slots(count, places), { sharing: { leases: theirs, slotsPerDevice: places } }),
    };
  }

  it('never give a GPU to more trials than it has places for', () => {
    const { mine, theirs } = pools(2, 2);
    const taken = [mine, theirs, mine, theirs].map((pool) => pool.acquire(token())?.device);
    // Least busy first, whoever makes it busy.
    expect(taken.slice(0, 2)).toEqual(['0', '1']);
    expect(taken.toSorted()).toEqual(['0', '0', '1', '1']);
    expect([mine.acquire(token()), theirs.acquire(token())]).toEqual([null, null]);
  });

  it('use as many slots as they may, on whichever GPUs others leave free', () => {
    const dir = tempDir();
    const [mine, theirs] = [leasesOf(dir), leasesOf(dir, ownerOf(spawnProcess()))];
    const pools = [mine, theirs].map(
      (leases) => new SlotPool(slots(3), { sharing: { leases, slotsPerDevice: 1 }, size: 1 }),
    );
    expect(pools.map((pool) => pool.acquire(token())?.device)).toEqual(['0', '1']);
    expect(pools.map((pool) => [pool.size, pool.free, pool.acquire(token()), pool.blockedBy])).toEqual([
      [1, 0, null, null],
      [1, 0, null, null],
    ]);
  });

  it('tell who holds what is free for them, and nothing when all is their own', () => {
    const { child, mine, theirs } = pools(2);
    const slot = theirs.acquire(token()) as Slot;
    theirs.assign(slot, { study: 'other', trial: 5, handle: '/x' });
    expect(mine.acquire(token())?.device).toBe('1');
    expect(mine.blockedBy).toBeNull();
    expect(mine.acquire(token())).toBeNull();
    expect(mine.blockedBy).toEqual([
      { device: '0', pid: child.pid, watched: true, study: 'other', trial: 5 },
    ]);
    theirs.release(slot);
    expect(mine.acquire(token())?.device).toBe('0');
    expect(mine.acquire(token())).toBeNull();
    expect(mine.blockedBy).toBeNull();
  });

  it('let those go first for a moment who wait and have less', () => {
    const { mine, theirs } = pools(1);
    const slot = mine.acquire(token()) as Slot;
    expect(theirs.acquire(token())).toBeNull();
    mine.release(slot);
    expect(mine.acquire(token())).toBeNull();
    expect(mine.blockedBy).toEqual([]);
    const taken = theirs.acquire(token()) as Slot;
    expect(taken).not.toBeNull();
    expect(mine.acquire(token())).toBeNull();
    theirs.release(taken);
    expect(theirs.acquire(token())).toBeNull();
    // Nobody waits any more.
    mine.stopWaiting();
    expect(theirs.acquire(token())).not.toBeNull();
  });

  it('do not leave a GPU to each other', () => {
    const { mine, theirs } = pools(1);
    const first = mine.acquire(token()) as Slot;
    expect(theirs.acquire(token())).toBeNull();
    mine.release(first);
    expect(mine.acquire(token())).toBeNull();
    const second = theirs.acquire(token()) as Slot;
    expect(mine.acquire(token())).toBeNull();
    theirs.release(second);
    // Both have just had it and have nothing now: the one that was kept from it goes first.
    expect(theirs.acquire(token())).toBeNull();
    expect(mine.acquire(token())).not.toBeNull();
  });

  it('are not held up by one who waits and does not come', async () => {
    const { child, mine, theirs } = pools(1);
    const slot = mine.acquire(token()) as Slot;
    expect(theirs.acquire(token())).toBeNull();
    child.kill('SIGSTOP');
    mine.release(slot);
    await expect.poll(() => mine.acquire(token()), { timeout: 20_000, interval: 100 }).not.toBeNull();
  });

  it('reattach what runs already, however full the GPU is', () => {
    const { mine, theirs } = pools(1);
    const slot = theirs.acquire(token()) as Slot;
    const place = mine.reattach('0', token());
    expect(place.id).toBe(0);
    theirs.release(slot);
    expect(theirs.acquire(token())).toBeNull();
    mine.release(place);
    expect(theirs.acquire(token())).not.toBeNull();
  });
});

describe('a SlotPool that asks for free memory', () => {
  const gpu = (device: string) => ({ device, freeMiB: 1, usedMiB: 9, totalMiB: 10 });
  /** Busy GPUs as the test says. */
  function memory(...busy: readonly string[]) {
    const all = new Map(busy.map((device) => [`GPU-${device}x`, gpu(device)]));
    return { busy: all, look: async () => {} };
  }

  it('leaves busy GPUs out, and says which when nothing else is left', () => {
    const asked = memory('0');
    const pool = new SlotPool(slots(2), { memory: asked });
    expect(pool.acquire(token())?.device).toBe('1');
    expect(pool.lowMemoryGpus).toEqual([]);
    expect(pool.acquire(token())).toBeNull();
    // Nobody holds it: it is busy.
    expect([pool.blockedBy, pool.lowMemoryGpus]).toEqual([[], [gpu('0')]]);
    asked.busy.clear();
    expect(pool.acquire(token())?.device).toBe('0');
    expect([pool.blockedBy, pool.lowMemoryGpus]).toEqual([null, []]);
    // All are taken now, by ourselves: that is not waited for.
    expect([pool.acquire(token()), pool.blockedBy]).toEqual([null, null]);
  });

  it('with max_concurrent takes whichever GPUs are free', () => {
    const pool = new SlotPool(slots(3), { size: 1, memory: memory('0', '1') });
    expect(pool.acquire(token())?.device).toBe('2');
    expect([pool.acquire(token()), pool.blockedBy, pool.lowMemoryGpus]).toEqual([null, null, []]);
  });

  it('takes several GPUs only when all of them are free', () => {
    const pairs: Slot[] = [
      { id: 0, device: '0,1', env: { CUDA_VISIBLE_DEVICES: 'GPU-0x,GPU-1x' } },
      { id: 1, device: '2,3', env: { CUDA_VISIBLE_DEVICES: 'GPU-2x,GPU-3x' } },
    ];
    const pool = new SlotPool(pairs, { size: 2, memory: memory('1') });
    expect(pool.acquire(token())?.device).toBe('2,3');
    expect([pool.acquire(token()), pool.lowMemoryGpus]).toEqual([null, [gpu('1')]]);
  });

  it('takes back what it has on a busy GPU, and writes no claim for what it leaves out', () => {
    const dir = tempDir();
    const leases = leasesOf(dir);
    const pool = new SlotPool(slots(1), { sharing: { leases, slotsPerDevice: 1 }, memory: memory('0') });
    expect(pool.acquire(token())).toBeNull();
    expect(readdirSync(dir)).toEqual([]);
    expect(pool.reattach('0', token()).id).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ResumableError } from '../../../src/core/errors.js';
import type { Leases, NewWorker, WorkerRecord } from '../../../src/storage/storage.js';
import type { SweepEvent } from '../../../src/study/events.js';
import { GUARD_SHARE, STOP_SHARE, WorkerLease } from '../../../src/study/sweep/worker-lease.js';

const LEASE_MS = 6000;

/** The leases of a server that may be gone, or find that a lease is over. */
class Server implements Leases {
  isGone = false;
  /** Answers that wait to be sent; null: they are sent at once. */
  held: (() => void)[] | null = null;
  live: number | null = null;
  /** Leases that their worker has ended, and the earlier one that it named with each new one. */
  readonly ended: number[] = [];
  readonly earlier: (number | null)[] = [];
  #last = 0;

  async begin(_worker: NewWorker, _limitMs: number, earlier: number | null): Promise<number> {
    this.earlier.push(earlier);
    if (this.earlier.length > 100) throw new Error('asked far too often');
    await this.#answer();
    this.#last += 1;
    this.live = this.#last;
    return this.#last;
  }

  async renew(lease: number): Promise<boolean> {
    await this.#answer();
    return this.live === lease;
  }

  async end(lease: number): Promise<void> {
    await this.#answer();
    this.ended.push(lease);
    if (this.live === lease) this.live = null;
  }

  async #answer(): Promise<void> {
    if (this.isGone)
      throw new ResumableError('storage.unreachable', 'gone', { resume: () => Promise.reject(new Error()) });
    if (this.held !== null) await new Promise<void>((resolve) => this.held?.push(resolve));
  }
}

function makeLease(server: Server, outlives = false, others: readonly WorkerRecord[] = []) {
  const said: string[] = [];
  const calls = { lost: 0, regained: 0, renewed: 0 };
  const renewals: number[] = [];
  const lease = new WorkerLease({
    leases: server,
    worker: {
      studyId: 1,
      owner: 'me',
      place: { slots: 1, devices: 'cpu', executor: 'local' },
      leaseMs: LEASE_MS,
    },
    guard: { renewed: (until) => renewals.push(until), close: () => renewals.push(Number.NaN) },
    outlives,
    emit: (event: SweepEvent) => said.push('message' in event ? event.message : event.type),
    workers: async () => others,
    clock: () => performance.now(),
  });
  lease.attach({
    lost: () => {
      calls.lost += 1;
    },
    regained: () => {
      calls.regained += 1;
    },
    renewed: async () => {
      calls.renewed += 1;
    },
  });
  return { lease, said, calls, renewals };
}

describe('a lease', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is renewed well before it ends, and is held for as long as that succeeds', async () => {
    const { lease, said, calls } = makeLease(new Server());
    await lease.start();
    for (let elapsedMs = 0; elapsedMs < 10 * LEASE_MS; elapsedMs += LEASE_MS / 4) {
      expect(lease.isHeld).toBe(true);
      await vi.advanceTimersByTimeAsync(LEASE_MS / 4);
    }
    expect([calls.lost, said]).toEqual([0, []]);
    expect(calls.renewed).toBeGreaterThan(10);
    await lease.close(false);
  });

  test('that cannot be renewed is given up before it ends, which is said once, and a new one follows', async () => {
    const server = new Server();
    const { lease, said, calls } = makeLease(server);
    await lease.start();
    server.isGone = true;
    await vi.advanceTimersByTimeAsync(LEASE_MS * STOP_SHARE - 10);
    expect([lease.isHeld, calls.lost]).toEqual([true, 0]);
    await vi.advanceTimersByTimeAsync(10);
    expect([lease.isHeld, lease.isCutOff, calls.lost]).toEqual([false, true, 1]);
    await vi.advanceTimersByTimeAsync(10 * LEASE_MS);
    expect(calls).toMatchObject({ lost: 1, regained: 0 });
    expect(said).toEqual([expect.stringContaining('its trainers are stopped')]);
    server.isGone = false;
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect(calls).toMatchObject({ lost: 1, regained: 1 });
    expect(lease.isHeld).toBe(true);
    expect(server.live).toBe(2);
    expect(said).toHaveLength(2);
    await lease.close(false);
    expect(server.live).toBeNull();
  });

  test('that somebody else has ended is lost at the next renewal', async () => {
    const server = new Server();
    const { lease, calls } = makeLease(server);
    await lease.start();
    server.live = null;
    await vi.advanceTimersByTimeAsync(LEASE_MS / 6);
    expect(calls.lost).toBe(1);
    await vi.advanceTimersByTimeAsync(LEASE_MS / 6);
    expect([lease.isHeld, server.live]).toEqual([true, 2]);
    await lease.close(false);
  });

  test('is asked for a few times in a second, where the database refuses at once', async () => {
    const server = new Server();
    server.isGone = true;
    const { lease } = makeLease(server);
    const starting = lease.start();
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.earlier.length).toBeGreaterThan(1);
    expect(server.earlier.length).toBeLessThan(10);
    server.isGone = false;
    await vi.advanceTimersByTimeAsync(1000);
    await starting;
    expect(lease.isHeld).toBe(true);
    await lease.close(false);
  });

  test('waits for a worker that is late, until somebody says that it is enough', async () => {
    const place = { slots: 1, devices: 'cpu', executor: 'local' };
    const times = { leaseMs: LEASE_MS, startedAtMs: 0, renewedAtMs: 0, silentMs: LEASE_MS / 2 };
    const { lease } = makeLease(new Server(), false, [{ owner: 'late', place, state: 'alive', ...times }]);
    let isOver = false;
    let hasWaited = false;
    const waiting = lease
      .untilNobodyIsLate(() => isOver)
      .then(() => {
        hasWaited = true;
      });
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect(hasWaited).toBe(false);
    isOver = true;
    await vi.advanceTimersByTimeAsync(1000);
    expect(hasWaited).toBe(true);
    await waiting;
  });

  test('names the one before it when a new one is asked for, and no lease of anybody else', async () => {
    const server = new Server();
    const { lease } = makeLease(server);
    await lease.start();
    server.live = null;
    await vi.advanceTimersByTimeAsync(LEASE_MS / 2);
    expect([server.live, server.earlier]).toEqual([2, [null, 1]]);
    await lease.close(false);
  });

  test('that somebody else has ended still ends in good order: its program may live on', async () => {
    const server = new Server();
    const { lease, calls } = makeLease(server);
    await lease.start();
    server.live = null;
    await vi.advanceTimersByTimeAsync(LEASE_MS / 6);
    expect(calls.lost).toBe(1);
    await lease.close(false);
    expect(server.ended).toEqual([1]);
  });

  test('is over for a process that stood still before any of its timers has run', async () => {
    const { lease, calls } = makeLease(new Server());
    await lease.start();
    vi.setSystemTime(Date.now());
    const before = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(before + LEASE_MS * STOP_SHARE);
    expect([lease.isHeld, calls.lost]).toEqual([false, 0]);
    vi.restoreAllMocks();
    await lease.close(false);
  });

  test('is not revived by an answer that comes after it was given up', async () => {
    const server = new Server();
    const { lease } = makeLease(server);
    await lease.start();
    server.held = [];
    await vi.advanceTimersByTimeAsync(LEASE_MS * STOP_SHARE);
    expect(lease.isHeld).toBe(false);
    for (const send of server.held.splice(0)) send();
    await vi.advanceTimersByTimeAsync(0);
    expect(lease.isHeld).toBe(false);
    server.held = null;
    await vi.advanceTimersByTimeAsync(LEASE_MS / 3);
    expect([lease.isHeld, server.live]).toEqual([true, 2]);
    await lease.close(false);
  });

  test('of jobs that outlive hpo says that they run on, and cuts nothing off', async () => {
    const server = new Server();
    const { lease, said } = makeLease(server, true);
    await lease.start();
    server.isGone = true;
    await vi.advanceTimersByTimeAsync(LEASE_MS);
    expect([lease.isHeld, lease.isCutOff]).toEqual([false, false]);
    expect(said).toEqual([expect.stringContaining('its trials run on')]);
    await lease.close(true);
  });

  test('gives its guard the time at which trainers end, and leaves it to that where trials are left', async () => {
    const server = new Server();
    const left = makeLease(server);
    await left.lease.start();
    expect(left.renewals).toHaveLength(1);
    await left.lease.close(true);
    expect([left.renewals.length, server.live]).toEqual([1, 1]);
    const ended = makeLease(server);
    await ended.lease.start();
    await ended.lease.close(false);
    expect(ended.renewals.map(Number.isNaN)).toEqual([false, true]);
    expect(GUARD_SHARE).toBeGreaterThan(STOP_SHARE);
  });
});

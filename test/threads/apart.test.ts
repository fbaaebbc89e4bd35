import { expect, onTestFinished, test, vi } from 'vitest';
import { float, type Params } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import { ComputingApart, PATIENCE } from '../../src/threads/apart.js';
import type { Thread } from '../../src/threads/thread.js';
import { viewOf } from '../samplers/support.js';

const space = makeSpace([{ name: 'x', distribution: float(0, 1) }]);
const parts = { sampler: { name: 'tpe', options: {} }, scheduler: null, terminator: null };

/** Asks a sampler whose calls take so long, and returns whether a thread was started. */
async function startsFor(callsMs: readonly number[]): Promise<boolean> {
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  onTestFinished(() => clock.mockRestore());
  let started = false;
  const start = async () => {
    started = true;
    return null;
  };
  const apart = new ComputingApart(parts, { start, patience: PATIENCE });
  let call = 0;
  const sampler = apart.sampler({
    sample: () => {
      nowMs += callsMs[call++] as number;
      return { params: { x: 0.5 } };
    },
  });
  for (let index = 0; index < callsMs.length; index++)
    await sampler.sample(space, viewOf([]), { index, rng: makeRng(1, index) });
  return started;
}

/** Asks a sampler whose calls take so long, beside a thread that takes so long, and returns where each was computed. */
async function placesFor(
  callsMs: readonly number[],
  threadMs: (rehearsal: number) => number | null | Promise<never>,
) {
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  onTestFinished(() => clock.mockRestore());
  let rehearsals = 0;
  const thread: Thread = {
    compute: async () => ({ value: { params: { x: 0.25 } } as never, drawn: 0 }),
    rehearse: async () => threadMs(rehearsals++),
    close: async () => {},
  };
  const apart = new ComputingApart(parts, { start: async () => thread, patience: PATIENCE });
  const places: string[] = [];
  for (const [index, ms] of callsMs.entries()) {
    const sampler = apart.sampler({
      sample: () => {
        nowMs += ms;
        return { params: { x: 0.5 } };
      },
    });
    const made = await sampler.sample(space, viewOf([]), { index, rng: makeRng(1, index) });
    // The rehearsal ends in this turn.
    await new Promise((resolve) => setImmediate(resolve));
    places.push((made as { params: Params }).params.x === 0.5 ? 'here' : 'there');
  }
  return { places, rehearsals };
}

const times = <T>(count: number, each: (k: number) => T) => Array.from({ length: count }, (_, k) => each(k));

test('a sampler whose calls are long moves to a thread', async () => {
  expect(await startsFor(times(10, () => 20))).toBe(true);
});

test('a few brief calls between the long ones change nothing', async () => {
  expect(await startsFor(times(20, (k) => (k % 3 === 0 ? 0.5 : 25)))).toBe(true);
});

test('a sampler that a busy machine interrupts now and then stays', async () => {
  expect(await startsFor(times(1000, (k) => (k % 25 === 24 ? 30 : 0.3)))).toBe(false);
});

test('calls stay until the thread has rehearsed them and is about as fast', async () => {
  // Four calls of 18 ms are 40 ms beyond 8 ms each; those of 10 ms add 2. The thread takes 100 ms, then 50, then 15.
  const calls = times(11, (k) => (k < 4 ? 18 : 10));
  const { places, rehearsals } = await placesFor(calls, (k) => [100, 50, 15][k] as number);
  expect(rehearsals).toBe(3);
  expect(places).toEqual([...times(7, () => 'here'), ...times(4, () => 'there')]);
});

test('a thread that is fast at the short calls alone is not ready', async () => {
  const calls = times(30, (k) => (k < 5 ? 18 : k % 2 === 0 ? 9 : 4));
  const { places } = await placesFor(calls, (k) => (k < 11 ? 100 - 95 * (k % 2) : 5));
  expect(places.indexOf('there')).toBe(17);
});

test('calls that block for too long meanwhile move before the thread is fast', async () => {
  expect((await placesFor([100, 100, 100], () => 500)).places).toEqual(['here', 'here', 'there']);
  const { places, rehearsals } = await placesFor(
    times(9, () => 18),
    () => 500,
  );
  expect(places).toEqual([...times(7, () => 'here'), ...times(2, () => 'there')]);
  expect(rehearsals).toBe(3);
});

test('while the thread starts, calls stay for longer: waiting for it could take longer than they do', async () => {
  const starting = new Promise<never>(() => {});
  const { places, rehearsals } = await placesFor(
    times(7, () => 58),
    () => starting,
  );
  expect(places).toEqual([...times(5, () => 'here'), ...times(2, () => 'there')]);
  expect(rehearsals).toBe(1);
});

test('a call that takes very long makes the next one wait for the thread', async () => {
  expect((await placesFor([300, 300], () => new Promise<never>(() => {}))).places).toEqual(['here', 'there']);
});

test('a thread that stays slow gets the tasks after all rehearsals, and one that has ended leaves its tasks', async () => {
  const calls = times(PATIENCE.rehearsals + 8, (k) => (k < 4 ? 18 : 8.5));
  const slow = await placesFor(calls, () => 100);
  expect(slow.rehearsals).toBe(PATIENCE.rehearsals);
  expect(slow.places.at(-1)).toBe('there');
  expect((await placesFor(calls, () => null)).rehearsals).toBe(1);
});

test('where several are computed at once, they move before the thread is fast', async () => {
  const rehearse = vi.fn(async () => 500);
  const compute = vi.fn(async () => ({ value: { params: { x: 0.25 } } as never, drawn: 0 }));
  const thread: Thread = { compute, rehearse, close: async () => {} };
  const patience = { ...PATIENCE, totalMs: 0 };
  const apart = new ComputingApart(parts, { start: async () => thread, patience });
  const sampler = apart.sampler({ sample: () => ({ params: { x: 0.5 } }) });
  await Promise.all(
    times(5, (index) => sampler.sample(space, viewOf([]), { index, rng: makeRng(1, index) })),
  );
  expect(rehearse).toHaveBeenCalledTimes(1);
  expect(compute).toHaveBeenCalledTimes(4);
});

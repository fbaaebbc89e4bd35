import { expect, onTestFinished, test, vi } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import { ComputingApart, PATIENCE } from '../../src/threads/apart.js';
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

const times = (count: number, each: (k: number) => number) =>
  Array.from({ length: count }, (_, k) => each(k));

test('a sampler whose calls are long moves to a thread', async () => {
  expect(await startsFor(times(10, () => 20))).toBe(true);
});

test('a few brief calls between the long ones change nothing', async () => {
  expect(await startsFor(times(20, (k) => (k % 3 === 0 ? 0.5 : 25)))).toBe(true);
});

test('a sampler that a busy machine interrupts now and then stays', async () => {
  expect(await startsFor(times(1000, (k) => (k % 25 === 24 ? 30 : 0.3)))).toBe(false);
});

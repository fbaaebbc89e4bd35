import { expect, test } from 'vitest';
import { machine, mostOnOneGpu } from '../support/gpus.js';
import { pass } from '../support/until.js';

const KILLS = 4;
const TRIALS = 6;

test('sweeps that are killed again and again: no GPU has two trials at a time, and every trial runs once', async () => {
  const { sweep, start, events, leases } = machine();
  const x = Array.from({ length: TRIALS }, (_, k) => k);
  /** Kills its orchestrators one after the other, each at another moment, and lets the last one finish. */
  const live = async (study: string, more: Record<string, unknown>, startupMs: number) => {
    const cwd = sweep(study, { parameters: { x }, ...more }, false);
    for (let kill = 0; kill < KILLS; kill++) {
      const running = start(cwd);
      await Promise.race([running.says(/slots? \(/).then(() => pass(startupMs * kill)), running.ended]);
      running.kill('SIGKILL');
      await running.ended;
    }
    return start(cwd).ended;
  };
  const ended = await Promise.all([live('one', {}, 130), live('pairs', { gpus_per_trial: 2 }, 190)]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  expect(mostOnOneGpu(events())).toBe(1);
  const starts = events().filter((line) => line.startsWith('start'));
  expect(starts).toHaveLength(2 * TRIALS);
  expect(new Set(starts.map((line) => line.split(' ').slice(2).join(' '))).size).toBe(2 * TRIALS);
  expect(leases()).toEqual([]);
});

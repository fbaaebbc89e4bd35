import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lanesOf } from '../../../src/dashboard/page/plots/lanes.js';
import { printableState } from '../../../src/dashboard/page/store/state-text.js';
import { durations } from '../../../src/dashboard/page/store/times.js';
import { STATE, TrialColumns } from '../../../src/dashboard/page/store/trial-columns.js';

const NOW = 1_000_000;
const run = fc.record({
  start: fc.oneof(fc.constant(Number.NaN), fc.nat({ max: 5_000 })),
  lasts: fc.oneof(fc.constant(Number.NaN), fc.nat({ max: 2_000 })),
  device: fc.nat({ max: 2 }),
});

test('no two trials of one slot run at the same time, whatever the order of their starts', () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 40 }), (runs) => {
      const columns = new TrialColumns();
      const start = Float64Array.from(runs, (each) => each.start);
      const end = Float64Array.from(runs, (each) => each.start + each.lasts);
      const device = Uint16Array.from(runs, (each) => each.device + 1);
      const numbers = (name: string, values: Float64Array) => ({ name, values, dictionary: null });
      columns.apply({
        header: { study: 's', revision: 1, full: true, total: runs.length, timeBaseMs: 0 },
        columns: [
          numbers('start', start),
          numbers('end', end),
          { name: 'device', values: device, dictionary: ['a', 'b', 'c'] },
        ],
      });
      const { order, laneOf, starts, ends, labels, low, high } = lanesOf(columns, NOW);
      const started = [...runs.keys()].filter((trial) => !Number.isNaN(start[trial]));
      expect([...order]).toEqual(
        started.toSorted((a, b) => (start[a] as number) - (start[b] as number) || a - b),
      );
      const last = new Map<number, { end: number; device: number | undefined }>();
      for (const trial of order) {
        const lane = laneOf[trial] as number;
        expect(labels[lane]).toBeDefined();
        const before = last.get(lane);
        // Times have single precision in some browsers: so much overlap is none.
        if (before) expect(starts[trial]).toBeGreaterThanOrEqual(before.end - 50);
        if (before) expect(device[trial]).toBe(before.device);
        const until = ends[trial] as number;
        expect(until).toBe(Number.isNaN(end[trial]) ? high : end[trial]);
        expect(starts[trial]).toBeGreaterThanOrEqual(low);
        last.set(lane, { end: until, device: device[trial] });
      }
      for (const trial of runs.keys()) if (!started.includes(trial)) expect(laneOf[trial]).toBe(-1);
    }),
  );
});

test('a paused trial ends at its pause, whatever the time is', () => {
  const columns = new TrialColumns();
  const numbers = (name: string, ...values: readonly number[]) => ({
    name,
    values: Float64Array.from(values),
    dictionary: null,
  });
  const none = Number.NaN;
  columns.apply({
    header: { study: 's', revision: 1, full: true, total: 3, timeBaseMs: 0 },
    columns: [
      { name: 'state', values: Uint8Array.of(STATE.paused, STATE.complete, STATE.running), dictionary: null },
      numbers('start', 0, 100, 200),
      numbers('end', none, 150, none),
      numbers('pausedSince', 60, none, none),
      numbers('pausedAt', 3, none, none),
      numbers('ran', 60, 90, 0),
    ],
  });
  const { laneOf, ends } = lanesOf(columns, NOW);
  expect([...laneOf]).toEqual([0, 0, 0]);
  expect(Array.from(ends)).toEqual([60, 150, NOW]);
  expect([...durations(columns)]).toEqual([60, 90, none]);
  expect([0, 1, 2].map((trial) => printableState(columns, trial))).toEqual([
    'PAUSED at 3',
    'COMPLETE',
    'RUNNING',
  ]);
});

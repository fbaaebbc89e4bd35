import { expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { SweepEvent } from '../../src/study/events.js';
import { DiskSpaceGuard } from '../../src/study/sweep/disk-space-guard.js';
import { canMount, readOnly } from '../support/tmpfs.js';
import { until } from '../support/until.js';
import {
  makeSpec,
  newStudy,
  results,
  rows,
  ScriptedExecutor,
  sweep,
  tempDir,
  trains,
  untilStopped,
} from './harness.js';

const spec = makeSpec([{ name: 'n', distribution: int(1, 5) }]);
const refusal = { kind: 'infrastructure', reason: 'no processes are left' } as const;
const warnings = (events: readonly SweepEvent[]) =>
  events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));

test('a launch that the machine refuses is tried again: no failure, no retry used, one warning, and the sweep resumes', async () => {
  const study = await newStudy(spec);
  const trained = trains(({ n }) => Number(n));
  // More often than any count of retries, losses or vain starts allows.
  const executor: ScriptedExecutor = new ScriptedExecutor((attempt, hooks) =>
    executor.started.length <= 2 ? refusal : trained(attempt, hooks),
  );
  const { end, events } = await sweep(study, executor, { slots: 2 });
  expect(end).toBe('exhausted');
  expect(await results(study)).toEqual([1, 2, 3, 4, 5].map((n) => `complete ${n}`));
  expect(events.filter(({ type }) => type === 'trial-finished')).toHaveLength(5);
  expect(warnings(events)).toEqual([
    expect.stringContaining('no processes are left: this does not count against any trial; launching pauses'),
    ...(warnings(events).length > 1 ? [expect.stringContaining('launching resumes')] : []),
  ]);
});

test('while the machine refuses more, what it has room for runs', async () => {
  const study = await newStudy(spec);
  let refused = 0;
  const executor = new ScriptedExecutor(async (attempt, hooks) => {
    if (executor.running > 2) {
      refused++;
      return refusal;
    }
    // Others are launched beside it.
    await until(() => refused > 0);
    return trains(({ n }) => Number(n))(attempt, hooks);
  });
  const { events } = await sweep(study, executor, { slots: 4 });
  expect(await results(study)).toEqual([1, 2, 3, 4, 5].map((n) => `complete ${n}`));
  expect(refused).toBeGreaterThan(0);
  expect(warnings(events)).toHaveLength(1);
});

test('Ctrl-C ends a sweep whose launches are refused, and leaves its trials to the next call', async () => {
  const study = await newStudy(spec);
  const drain = new AbortController();
  const executor = new ScriptedExecutor(() => refusal);
  const onEvent = (event: SweepEvent) => {
    if (event.type === 'warning') drain.abort();
  };
  const { end } = await sweep(study, executor, { onEvent, drain: drain.signal });
  expect(end).toBe('interrupted');
  expect(executor.started).toHaveLength(1);
  expect(await results(study)).toEqual(['running queued']);
  expect((await rows(study))[0]?.reason).toContain('no processes are left');
  await sweep(study, new ScriptedExecutor(trains(({ n }) => Number(n))));
  expect(await results(study)).toEqual([1, 2, 3, 4, 5].map((n) => `complete ${n}`));
});

test.runIf(canMount())(
  'a sweep that has all its trials ends, though its outputs cannot be written any more',
  async () => {
    const study = await newStudy(spec);
    const outputs = tempDir();
    const executor = new ScriptedExecutor((attempt, hooks) => {
      if (attempt.trial === 4) readOnly(outputs);
      return trains(({ n }) => Number(n))(attempt, hooks);
    });
    const disk = new DiskSpaceGuard({ folders: [], outputs, pauseMs: 20 });
    const { end, events } = await sweep(study, executor, { disk, total: 5 });
    expect(end).toBe('exhausted');
    expect(warnings(events)).toEqual([]);
  },
);

test('a stop that comes while a launch is refused counts as an interruption', async () => {
  const study = await newStudy(spec);
  const abort = new AbortController();
  const executor = new ScriptedExecutor(async (_attempt, hooks) => {
    abort.abort();
    await untilStopped(hooks);
    return refusal;
  });
  const { end, events } = await sweep(study, executor, { abort: abort.signal });
  expect(end).toBe('interrupted');
  expect(warnings(events)).toEqual([]);
  expect(await results(study)).toEqual(['running queued']);
});

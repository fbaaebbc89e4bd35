import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import { HpoError } from '../../src/core/errors.js';
import type { Storage } from '../../src/storage/storage.js';
import type { SweepEvent } from '../../src/study/events.js';
import { createStudy } from '../../src/study/open-study.js';
import { DiskSpaceGuard, isDatabaseLost } from '../../src/study/sweep/disk-space-guard.js';
import { describeOnSmallDisk, fill, smallDisk } from '../support/tmpfs.js';
import { pass, until } from '../support/until.js';
import {
  done,
  makeSpec,
  opened,
  results,
  ScriptedExecutor,
  sweep,
  T0,
  tempDir,
  trains,
  untilStopped,
} from './harness.js';

const spec = makeSpec([{ name: 'n', distribution: int(1, 6) }]);
const warnings = (events: readonly SweepEvent[]) =>
  events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));

/** A study on a disk, and what watches that disk. */
async function studyOn(folder: string, around: (storage: Storage) => Storage = (storage) => storage) {
  const disk = new DiskSpaceGuard({ folders: [folder], outputs: folder, pauseMs: 20 });
  const storage = disk.storage(around(await opened(`sqlite:${folder}/hpo.db`)));
  return { disk, study: await createStudy(storage, { name: 'study', spec, seed: 7, nowMs: T0 }) };
}

/** Runs a sweep with the disk watched, as the command line does. */
async function run(
  { disk, study }: Awaited<ReturnType<typeof studyOn>>,
  executor: ScriptedExecutor,
  onEvent: (event: SweepEvent) => void = () => {},
  signals: { drain?: AbortController; abort?: AbortController } = {},
) {
  const { drain = new AbortController(), abort = new AbortController() } = signals;
  const told: SweepEvent[] = [];
  const emit = (event: SweepEvent) => {
    told.push(event);
    onEvent(event);
  };
  // A clock that never stands: what begins after something else begins later.
  let clock = T0;
  const around = { emit, drain: drain.signal, abort: abort.signal, now: () => ++clock };
  disk.attach(around);
  try {
    const { end } = await sweep(study, executor, { disk, slots: 2, ...around });
    return { end, events: told };
  } finally {
    disk.close();
  }
}

describeOnSmallDisk('a sweep on a disk that fills up', () => {
  test('pauses with one message, loses and doubles nothing, and continues by itself when there is space', async () => {
    const folder = smallDisk(2);
    const on = await studyOn(folder);
    let ballast = '';
    let startedWhileFull = 0;
    const executor = new ScriptedExecutor((attempt, hooks) => {
      const n = Number(attempt.params.n);
      if (ballast !== '') startedWhileFull++;
      else if (n === 3) ballast = fill(folder);
      // Many reports, so that the log of the database has to grow.
      hooks.report([...Array(400).keys()].map((step) => ({ name: 'loss', step, value: step + n })));
      hooks.report([{ name: 'loss', step: null, value: n }]);
      // Its supervisor found no space for the exit code, but the final value is there.
      return { kind: 'unknown', finishedAtMs: T0 + 1000, logTail: [] };
    });
    let freed = false;
    const onEvent = (event: SweepEvent) => {
      if (event.type !== 'warning' || !/no space/.test(event.message)) return;
      // Long enough for many vain tries.
      void pass(200).then(() => {
        freed = true;
        rmSync(ballast);
        ballast = '';
      });
    };
    const { end, events } = await run(on, executor, onEvent);
    expect(freed).toBe(true);
    expect(end).toBe('exhausted');
    expect(startedWhileFull).toBeLessThanOrEqual(1);
    expect(await results(on.study)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `complete ${n}`));
    expect(executor.started.map(({ trial, attempt }) => `${trial}.${attempt}`).sort()).toEqual(
      [0, 1, 2, 3, 4, 5].map((trial) => `${trial}.1`),
    );
    for (const trial of [0, 1, 2, 3, 4, 5])
      expect(await on.study.storage.metrics(on.study.id, trial)).toHaveLength(401);
    const said = warnings(events);
    expect(
      said.filter((message) => /no space is left.*until you free some space/.test(message)),
    ).toHaveLength(1);
    expect(said.filter((message) => /there is space again/.test(message))).toHaveLength(1);
  });

  test('is not filled to the last byte: nothing starts where hardly anything is left', async () => {
    const folder = smallDisk(16);
    const on = await studyOn(folder);
    // Enough for the database, less than a twentieth of the disk.
    const ballast = fill(folder, 600 * 1024);
    const executor = new ScriptedExecutor(trains(({ n }) => Number(n)));
    let startedBefore = -1;
    const onEvent = (event: SweepEvent) => {
      if (event.type !== 'warning' || startedBefore >= 0) return;
      startedBefore = executor.started.length;
      void pass(100).then(() => rmSync(ballast));
    };
    expect((await run(on, executor, onEvent)).end).toBe('exhausted');
    expect(startedBefore).toBe(0);
    expect(await results(on.study)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `complete ${n}`));
  });

  test('heeds Ctrl-C while it waits to launch', async () => {
    const folder = smallDisk(2);
    const on = await studyOn(folder);
    fill(folder);
    const drain = new AbortController();
    const executor = new ScriptedExecutor(trains(() => 1));
    const onEvent = (event: SweepEvent) => {
      if (event.type === 'warning') drain.abort();
    };
    expect((await run(on, executor, onEvent, { drain })).end).toBe('interrupted');
    expect(executor.started).toEqual([]);
  });

  test('runs a trial again whose trainer failed for want of space', async () => {
    const folder = smallDisk(2);
    const on = await studyOn(folder);
    const executor = new ScriptedExecutor((attempt, hooks) => {
      if (attempt.trial === 1 && attempt.attempt === 1) {
        const ballast = fill(folder);
        void pass(100).then(() => rmSync(ballast));
        return { ...done, exitCode: 1 };
      }
      return trains(({ n }) => Number(n))(attempt, hooks);
    });
    const { events } = await run(on, executor);
    expect(events).toContainEqual({
      type: 'trial-requeued',
      trial: 1,
      reason: 'not counted: the disk was full while it ran',
    });
    expect(await results(on.study)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `complete ${n}`));
  });

  test('holds an end that nobody could note against no trial: it is no loss', async () => {
    const folder = smallDisk(2);
    const on = await studyOn(folder);
    const executor = new ScriptedExecutor((attempt, hooks) => {
      if (attempt.trial === 1 && attempt.attempt === 1) {
        const ballast = fill(folder);
        void pass(100).then(() => rmSync(ballast));
        hooks.report([{ name: 'loss', step: 1, value: 1 }]);
        // Its supervisor found no space for the exit code.
        return { kind: 'unknown', finishedAtMs: T0 + 1000, logTail: [] };
      }
      return trains(({ n }) => Number(n))(attempt, hooks);
    });
    await run(on, executor);
    const [first] = await on.study.storage.attempts({ trialId: 2 });
    expect(first).toMatchObject({ cause: 'infrastructure', settled: false });
    expect(await results(on.study)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `complete ${n}`));
  });
});

const failing = (code: string, when: (name: PropertyKey) => boolean) => (storage: Storage) =>
  new Proxy(storage, {
    get: (target, name) => {
      if (when(name)) return () => Promise.reject(new HpoError(code, 'it is gone'));
      return Reflect.get(target, name);
    },
  });

test('a database that is damaged under a sweep ends it, and leaves the trainers to the next call', async () => {
  let broken = false;
  const on = await studyOn(
    tempDir(),
    failing('storage.corrupt', (name) => broken && name === 'report'),
  );
  let stopped = 0;
  const executor = new ScriptedExecutor(async (attempt, hooks) => {
    hooks.signal.addEventListener('abort', () => stopped++);
    if (attempt.trial === 0) return trains(() => 1)(attempt, hooks);
    broken = true;
    hooks.report([{ name: 'loss', step: 1, value: 2 }]);
    // It runs on and on.
    await untilStopped(hooks);
    return done;
  });
  await expect(run(on, executor)).rejects.toMatchObject({ code: 'storage.corrupt' });
  expect(stopped).toBe(0);
  expect((await results(on.study)).filter((row) => row === 'running').length).toBeGreaterThan(0);
  expect(
    (await on.study.storage.unfinished(on.study.id)).every(({ attempt }) => attempt?.finishedAtMs === null),
  ).toBe(true);
});

test('a second Ctrl-C does not wait for space: what ran is left to the next call', async () => {
  const on = await studyOn(
    tempDir(),
    failing('storage.full', (name) => name === 'finish'),
  );
  const abort = new AbortController();
  const onEvent = (event: SweepEvent) => {
    if (event.type === 'warning') abort.abort();
  };
  await expect(run(on, new ScriptedExecutor(trains(() => 1)), onEvent, { abort })).rejects.toMatchObject({
    code: 'storage.full',
  });
  expect(await results(on.study)).toContain('running');
});

test('a quota that is used up is reported once, and Ctrl-C drops what waits to be launched', async () => {
  // The file system shows space, but every launch finds none; reading works all the while.
  const launches: readonly PropertyKey[] = ['reserveIndex', 'commitConfiguration'];
  let full = false;
  let waits = false;
  const on = await studyOn(
    tempDir(),
    failing('storage.full', (name) => full && launches.includes(name)),
  );
  const drain = new AbortController();
  const executor = new ScriptedExecutor(async (attempt, hooks) => {
    const outcome = await trains(({ n }) => Number(n))(attempt, hooks);
    full = true;
    if (attempt.trial === 0) return outcome;
    // The other one runs while the next one waits, and is reported after Ctrl-C.
    await until(() => waits);
    drain.abort();
    return outcome;
  });
  const onEvent = (event: SweepEvent) => {
    waits ||= event.type === 'warning';
  };
  const { end, events } = await run(on, executor, onEvent, { drain });
  expect(end).toBe('interrupted');
  expect(warnings(events)).toEqual([expect.stringContaining('no trial is started')]);
  const told = await results(on.study);
  expect(told.length).toBeGreaterThan(0);
  expect(told.every((row) => row.startsWith('complete'))).toBe(true);
});

test('which errors leave nothing to be stored', () => {
  for (const code of ['storage.corrupt', 'storage.full', 'storage.failed', 'storage.busy'])
    expect(isDatabaseLost(new HpoError(code, ''))).toBe(true);
  expect(isDatabaseLost(new HpoError('storage.no-study', ''))).toBe(false);
  expect(isDatabaseLost(new Error('storage.full'))).toBe(false);
});

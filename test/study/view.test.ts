import fc from 'fast-check';
import { expect, test } from 'vitest';
import { categorical, float, type Params } from '../../src/core/distribution.js';
import { paramsKey } from '../../src/core/space.js';
import type { StudyView } from '../../src/core/study-view.js';
import type { FinishedState } from '../../src/core/trial.js';
import type { OpenedTrial, Storage, StudyRecord } from '../../src/storage/storage.js';
import { ViewCache } from '../../src/study/view.js';
import { newAttempt, opened, T0, tempDir } from './harness.js';

const x = float(0, 1);
const c = categorical(['a', 'b']);

async function newRecord(storage: Storage): Promise<StudyRecord> {
  const study = { name: 'study', directions: ['minimize'], seed: 3, spec: {}, createdAtMs: T0 } as const;
  return storage.createStudy(study);
}

async function allot(storage: Storage, study: StudyRecord): Promise<number> {
  return (await storage.reserveIndex(study.id, 'me')).reservation;
}

async function fill(
  storage: Storage,
  reservation: number,
  params: Params,
  forced: Params = {},
): Promise<OpenedTrial> {
  const distributions = Object.fromEntries(Object.keys(params).map((name) => [name, name === 'c' ? c : x]));
  const key = paramsKey({ ...params, ...forced });
  const trial = { repeat: 0, seed: 1, startedAtMs: T0, attempt: newAttempt('me'), asker: null, limit: null };
  const filled = await storage.commitConfiguration(
    { reservation },
    { params, forced, key, distributions, attrs: {} },
    trial,
  );
  if (!filled) throw new Error('held already');
  return filled;
}

async function add(storage: Storage, study: StudyRecord, params: Params, forced: Params = {}) {
  return fill(storage, await allot(storage, study), params, forced);
}

function repeat(storage: Storage, { config }: OpenedTrial, r: number): Promise<OpenedTrial | null> {
  const attempt = newAttempt('me');
  return storage.addRepeat(config.id, { repeat: r, seed: 1 + r, startedAtMs: T0, attempt, asker: null });
}

async function tell(storage: Storage, opened: OpenedTrial, state: FinishedState, value: number | null) {
  const values = value === null ? null : [value];
  const ending = { state, values, exitCode: 0, reason: null, finishedAtMs: T0 };
  expect(await storage.finish(opened.trial.id, opened.attempt?.id ?? null, ending)).toBe(true);
}

async function report(storage: Storage, { trial, attempt }: OpenedTrial, step: number, value: number) {
  const point = { name: 'loss', step, value, objective: true };
  expect(await storage.report(trial.id, attempt?.id ?? null, [point])).toBe(true);
}

/** A view that nothing was remembered for. */
function fresh(storage: Storage, study: StudyRecord): Promise<StudyView> {
  return new ViewCache(storage, study).read();
}

test('an unchanged study gives the same object; every change gives another one', async () => {
  const storage = await opened();
  const study = await newRecord(storage);
  const cache = new ViewCache(storage, study);
  const empty = await cache.read();
  expect(empty).toEqual({ directions: ['minimize'], seed: 3, maxSteps: null, earlier: null, configs: [] });
  expect(await cache.read()).toBe(empty);
  const one = await add(storage, study, { x: 0.5 });
  const running = await cache.read();
  expect(running).not.toBe(empty);
  expect(running.configs).toMatchObject([
    { index: 0, params: { x: 0.5 }, state: 'running', trialCount: 0, values: null },
  ]);
  await report(storage, one, 1, 0.25);
  expect((await cache.read()).configs[0]?.trials[0]?.steps).toEqual(new Map([[1, 0.25]]));
  // What was given out never changes.
  expect(running.configs[0]?.trials[0]?.steps.size).toBe(0);
});

test('another connection is heard, and a configuration that did not change is the same object', async () => {
  const url = `sqlite:${tempDir()}/hpo.db`;
  const [ours, theirs] = [await opened(url), await opened(url)];
  const study = await newRecord(ours);
  const cache = new ViewCache(ours, study);
  await tell(ours, await add(ours, study, { x: 0.1 }), 'complete', 1);
  const before = await cache.read();
  const other = await add(theirs, study, { x: 0.2 });
  const after = await cache.read();
  expect(after.configs.map((config) => config.state)).toEqual(['complete', 'running']);
  expect(after.configs[0]).toBe(before.configs[0]);
  await tell(theirs, other, 'pruned', 4);
  expect((await cache.read()).configs[1]).toMatchObject({ state: 'pruned', values: [4], trialCount: 0 });
});

test('repeats are one configuration: mean, deviation and count of the complete ones', async () => {
  const storage = await opened();
  const study = await newRecord(storage);
  const cache = new ViewCache(storage, study);
  const first = await add(storage, study, { x: 0.5 });
  const [second, third] = [await repeat(storage, first, 1), await repeat(storage, first, 2)];
  const one = async () => (await cache.read()).configs[0];
  await tell(storage, first, 'complete', 1);
  expect(await one()).toMatchObject({ state: 'running', values: [1], std: null, trialCount: 1 });
  await tell(storage, second as OpenedTrial, 'fail', null);
  expect(await one()).toMatchObject({ state: 'running', values: [1], std: null, trialCount: 1 });
  await tell(storage, third as OpenedTrial, 'complete', 3);
  expect(await one()).toMatchObject({ state: 'complete', values: [2], std: [Math.SQRT2], trialCount: 2 });
  expect((await cache.read()).configs).toHaveLength(1);
});

test('a configuration is worth the mean of its complete repeats; one that was only pruned, its last feasible value', async () => {
  const storage = await opened();
  const study = await newRecord(storage);
  const cache = new ViewCache(storage, study);
  const first = await add(storage, study, { x: 0.5 });
  const second = (await repeat(storage, first, 1)) as OpenedTrial;
  await tell(storage, first, 'complete', 1);
  await tell(storage, second, 'pruned', 7);
  await tell(storage, await add(storage, study, { x: 0.7 }), 'pruned', 9);
  expect((await cache.read()).configs).toMatchObject([
    { state: 'complete', values: [1], trialCount: 1 },
    { state: 'pruned', values: [9], trialCount: 0 },
  ]);
});

test('a configuration of failures alone has failed', async () => {
  const storage = await opened();
  const study = await newRecord(storage);
  await tell(storage, await add(storage, study, { x: 0.5 }), 'fail', null);
  expect((await fresh(storage, study)).configs[0]).toMatchObject({
    state: 'fail',
    values: null,
    trialCount: 0,
  });
});

test('an index allotted early and filled late is seen, whatever was seen before it', async () => {
  const storage = await opened();
  const study = await newRecord(storage);
  const cache = new ViewCache(storage, study);
  const early = await allot(storage, study);
  await tell(storage, await add(storage, study, { x: 0.2 }), 'complete', 2);
  expect((await cache.read()).configs.map((config) => config.index)).toEqual([1]);
  await tell(storage, await fill(storage, early, { x: 0.1 }), 'complete', 1);
  const view = await cache.read();
  expect(view.configs.map((config) => [config.index, config.values])).toEqual([
    [1, [2]],
    [0, [1]],
  ]);
  expect(view).toEqual(await fresh(storage, study));
});

test('a failed trial that was opened again is read again once the cache has been cleared', async () => {
  const storage = await opened();
  const study = await newRecord(storage);
  const cache = new ViewCache(storage, study);
  const [one, other] = [await add(storage, study, { x: 0.1 }), await add(storage, study, { x: 0.2 })];
  await tell(storage, one, 'fail', null);
  await tell(storage, other, 'complete', 1);
  expect((await cache.read()).configs[0]?.state).toBe('fail');
  expect(await storage.reopen(one.trial.id)).toBe(true);
  cache.forget();
  expect((await cache.read()).configs.map((config) => config.state)).toEqual(['running', 'complete']);
  expect(await cache.read()).toEqual(await fresh(storage, study));
});

test('readers at the same time all get a view as new as their question', async () => {
  const storage = await opened();
  const study = await newRecord(storage);
  const cache = new ViewCache(storage, study);
  const one = await add(storage, study, { x: 0.1 });
  const early = cache.read();
  const told = tell(storage, one, 'complete', 1);
  const late = told.then(() => cache.read());
  const views = await Promise.all([early, cache.read(), late, cache.read()]);
  expect(views[2]?.configs[0]?.state).toBe('complete');
  expect(await cache.read()).toEqual(await fresh(storage, study));
});

/** What may happen to a study, as data. */
const action = fc.oneof(
  fc.record({ do: fc.constant('allot' as const) }),
  fc.record({ do: fc.constant('fill' as const), value: fc.integer({ min: 0, max: 40 }) }),
  fc.record({ do: fc.constant('repeat' as const), pick: fc.nat(), r: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ do: fc.constant('report' as const), pick: fc.nat(), step: fc.integer({ min: 0, max: 3 }) }),
  fc.record({
    do: fc.constant('tell' as const),
    pick: fc.nat(),
    state: fc.constantFrom('complete' as const, 'pruned' as const, 'fail' as const),
  }),
  fc.record({ do: fc.constant('read' as const) }),
);

test('the view that grew step by step equals the one read afresh', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
      const storage = await opened();
      const study = await newRecord(storage);
      const cache = new ViewCache(storage, study);
      const drafts: number[] = [];
      const used = new Set<number>();
      const all: OpenedTrial[] = [];
      const running: OpenedTrial[] = [];
      const note = (trial: OpenedTrial | null) => {
        if (trial) {
          all.push(trial);
          running.push(trial);
        }
      };
      for (const a of actions) {
        if (a.do === 'allot') drafts.push(await allot(storage, study));
        else if (a.do === 'fill') {
          if (used.has(a.value)) continue;
          used.add(a.value);
          note(await fill(storage, drafts.pop() ?? (await allot(storage, study)), { x: a.value / 40 }));
        } else if (a.do === 'read') {
          expect(await cache.read()).toEqual(await fresh(storage, study));
        } else if (a.do === 'repeat') {
          const one = all[a.pick % all.length];
          if (one) note(await repeat(storage, one, a.r));
        } else {
          const one = running[a.pick % running.length];
          if (!one) continue;
          if (a.do === 'report') await report(storage, one, a.step, a.pick);
          else {
            await tell(storage, one, a.state, a.state === 'fail' ? null : a.pick);
            running.splice(running.indexOf(one), 1);
          }
        }
      }
      expect(await cache.read()).toEqual(await fresh(storage, study));
    }),
    { numRuns: 40 },
  );
});

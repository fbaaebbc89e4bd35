import { expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { Outcome, RunHooks, RunnableAttempt } from '../../src/executors/executor.js';
import { wrapExecutor } from '../../src/executors/wrap.js';
import { readResults } from '../../src/results/results-feed.js';
import { summaryOf } from '../../src/results/savings.js';
import { savingsIn } from '../../src/results/study-digest.js';
import type { SweepEvent } from '../../src/study/events.js';
import { Checkpointing } from './checkpointing.js';
import {
  done,
  makeSpec,
  newStudy,
  opened,
  reopened,
  rows,
  sweep,
  T0,
  tempDir,
  untilStopped,
} from './harness.js';

const MAX_STEPS = 9;
const ENDED = { kind: 'exited', exitCode: 0, finishedAtMs: T0 + 1000, logTail: [] } as const;
const spec = (scheduler: string, more: Parameters<typeof makeSpec>[1] = {}) =>
  makeSpec([{ name: 'x', distribution: int(0, 5) }], {
    scheduler: { name: scheduler, options: {} },
    maxSteps: MAX_STEPS,
    ...more,
  });

/** Which epochs each trial trained, in order, over all attempts. */
type Trained = Map<number, number[]>;
type Behavior = {
  /** The trainer reads HPO_TARGET_STEP; else it trains to the end unless it is stopped. */
  readonly obeys: boolean;
  readonly saves: boolean;
};

/** A trainer whose loss is its parameter x plus what falls with the steps, and that saves after each report. */
function trainer(trained: Trained, { obeys, saves }: Behavior): Checkpointing {
  const executor: Checkpointing = new Checkpointing(
    async (attempt: RunnableAttempt, hooks: RunHooks): Promise<Outcome> => {
      const { trial, targetStep, params } = attempt;
      const until = obeys ? Math.min(targetStep ?? MAX_STEPS, MAX_STEPS) : MAX_STEPS;
      for (let epoch = (executor.saved.get(trial) ?? 0) + 1; epoch <= until; epoch++) {
        trained.set(trial, [...(trained.get(trial) ?? []), epoch]);
        hooks.report([{ name: 'loss', step: epoch, value: Number(params.x) + 1 / epoch }]);
        await hooks.settled();
        if (hooks.signal.aborted) break;
        if (saves) executor.saved.set(trial, epoch);
      }
      return hooks.signal.aborted ? { ...ENDED, exitCode: 143, stoppedFor: hooks.signal.reason } : done;
    },
  );
  return executor;
}

const kinds = (events: readonly SweepEvent[]) =>
  events.flatMap((event) => {
    if (event.type === 'trial-paused') return [`${event.trial} paused at ${event.step}`];
    if (event.type === 'trial-continued') return [`${event.trial} continues to ${event.toStep ?? 'end'}`];
    if (event.type === 'trial-finished') return [`${event.trial} ${event.state}`];
    return [];
  });

test('asha pauses trials at rungs and continues the best; no epoch is trained twice', async () => {
  const study = await newStudy(spec('asha'));
  const trained: Trained = new Map();
  const executor = trainer(trained, { obeys: true, saves: true });
  executor.study = study;
  const { events } = await sweep(study, executor);
  expect(kinds(events)).toEqual([
    '0 paused at 1',
    '1 paused at 1',
    '2 paused at 1',
    '0 continues to 3',
    '0 paused at 3',
    '3 paused at 1',
    '4 paused at 1',
    '5 paused at 1',
    '1 continues to 3',
    '1 paused at 3',
    '0 continues to end',
    '0 complete',
    '1 pruned',
    '2 pruned',
    '3 pruned',
    '4 pruned',
    '5 pruned',
  ]);
  expect(trained.get(0)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([...trained.values()].flat()).toHaveLength(9 + 3 + 4);
  // Each attempt has its number, and the checkpoints of all of them are gone.
  expect(
    executor.started
      .filter(({ trial }) => trial === 0)
      .map(({ attempt, targetStep }) => [attempt, targetStep]),
  ).toEqual([
    [1, 1],
    [2, 3],
    [3, MAX_STEPS],
  ]);
  expect([...executor.saved.keys()]).toEqual([]);
  const table = await rows(study);
  expect(table.map(({ state, pausedAt }) => [state, pausedAt])).toEqual([
    ['complete', null],
    ...Array.from({ length: 5 }, () => ['pruned', null]),
  ]);
  expect(table[1]).toMatchObject({ values: [1 + 1 / 3], reason: 'paused at step 3, and not continued' });
});

test('the savings of a sweep are the steps and hours that were trained, against full trials', async () => {
  const study = await newStudy(spec('asha'));
  const countSavings = async () =>
    summaryOf(savingsIn((await readResults(study.storage, study)).table, study.spec));
  const { events } = await sweep(study, trainer(new Map(), { obeys: true, saves: true }), { countSavings });
  expect(events.at(-1)).toEqual({
    type: 'sweep-finished',
    end: 'exhausted',
    detail: expect.any(String),
    savings: {
      scheduler: 'asha',
      // As trained above: 9 steps, 3, and four times 1, of six times 9.
      steps: { spent: 16, full: 54 },
      hours: { spent: expect.any(Number), full: expect.any(Number) },
    },
  });
  const last = events.at(-1);
  const hours = last?.type === 'sweep-finished' ? last.savings?.hours : null;
  // Nine attempts of a second each.
  expect(hours?.spent).toBeCloseTo(9 / 3600);
  expect(hours?.full ?? 0).toBeGreaterThan(9 / 3600);
});

test('a trainer that ignores its target is ended at its next report, and its reports are kept', async () => {
  const study = await newStudy(spec('asha'));
  const trained: Trained = new Map();
  const { events } = await sweep(study, trainer(trained, { obeys: false, saves: true }));
  expect(kinds(events).slice(0, 4)).toEqual([
    '0 paused at 2',
    '1 paused at 2',
    '2 paused at 2',
    '0 continues to 3',
  ]);
  expect(kinds(events)).toContain('0 complete');
  // It reported step 2 and was ended before it saved that step: it trains it again, above its target.
  expect(trained.get(0)).toEqual([1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 9]);
});

test('without checkpoints nothing is paused or started again: the scheduler stops trials, with one warning', async () => {
  const study = await newStudy(spec('asha'));
  const trained: Trained = new Map();
  const executor = trainer(trained, { obeys: false, saves: false });
  const { events } = await sweep(study, executor);
  expect(executor.started).toHaveLength(6);
  expect(kinds(events)).toEqual(['0 complete', '1 pruned', '2 pruned', '3 pruned', '4 pruned', '5 pruned']);
  const warnings = events.filter((event) => event.type === 'warning');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatchObject({ trial: 0, message: expect.stringMatching(/^cannot be paused/) });
  expect(trained.get(0)).toHaveLength(9);
});

test('a trainer that ends at its target without a checkpoint is pruned there, and the next ones run on', async () => {
  const study = await newStudy(spec('asha'));
  const trained: Trained = new Map();
  const executor = trainer(trained, { obeys: true, saves: false });
  const { events } = await sweep(study, executor);
  expect(kinds(events).slice(0, 2)).toEqual(['0 pruned', '1 complete']);
  expect(executor.started).toHaveLength(6);
  expect(events.filter((event) => event.type === 'warning')).toHaveLength(1);
});

test('an executor without checkpoints never pauses, and warns of nothing', async () => {
  const study = await newStudy(spec('asha'));
  const executor = trainer(new Map(), { obeys: false, saves: false });
  const plain = wrapExecutor(executor, { checkpoints: null });
  const { events } = await sweep(study, plain);
  expect(kinds(events)[0]).toBe('0 complete');
  expect(events.filter((event) => event.type === 'warning')).toEqual([]);
});

test('after an interrupt paused trials stay paused, and the next call gives what one call gives', async () => {
  const whole = await newStudy(spec('asha'));
  await sweep(whole, trainer(new Map(), { obeys: true, saves: true }));
  for (let after = 1; after <= 9; after++) {
    const url = `sqlite:${tempDir()}/study.db`;
    const study = await newStudy(spec('asha'), await opened(url));
    const trained: Trained = new Map();
    const executor = trainer(trained, { obeys: true, saves: true });
    const abort = new AbortController();
    let started = 0;
    const onEvent = (event: SweepEvent) => {
      if (event.type === 'trial-started' && ++started === after) abort.abort();
    };
    const { end } = await sweep(study, executor, { abort: abort.signal, onEvent });
    expect(end).toBe('interrupted');
    const again = await reopened(url);
    await sweep(again, executor);
    const seen = ({ state, values, epochs }: Awaited<ReturnType<typeof rows>>[number]) => [
      state,
      values,
      epochs,
    ];
    expect((await rows(again)).map(seen)).toEqual((await rows(whole)).map(seen));
    for (const epochs of trained.values()) expect(epochs).toEqual([...new Set(epochs)]);
  }
});

test('a trial that reached its last step is complete, whatever its target was', async () => {
  const study = await newStudy(spec('asha', { maxSteps: 3 }));
  const executor: Checkpointing = new Checkpointing(async ({ trial, params }, hooks) => {
    executor.saved.set(trial, 3);
    // All at once, past the target.
    hooks.report([1, 2, 3].map((step) => ({ name: 'loss', step, value: Number(params.x) + step })));
    await untilStopped(hooks);
    return { ...ENDED, exitCode: 143, stoppedFor: 'paused' };
  });
  const { events } = await sweep(study, executor);
  expect(kinds(events)).toEqual(['0', '1', '2', '3', '4', '5'].map((trial) => `${trial} complete`));
});

test('every kind of scheduler resumes exactly with one slot', async () => {
  for (const scheduler of ['hyperband', 'epochs', 'auto']) {
    const whole = await newStudy(spec(scheduler));
    await sweep(whole, trainer(new Map(), { obeys: true, saves: true }));
    const url = `sqlite:${tempDir()}/study.db`;
    const executor = trainer(new Map(), { obeys: true, saves: true });
    let study = await newStudy(spec(scheduler), await opened(url));
    for (;;) {
      const abort = new AbortController();
      let started = 0;
      const onEvent = (event: SweepEvent) => {
        if (event.type === 'trial-started' && ++started === 2) abort.abort();
      };
      const { end } = await sweep(study, executor, { abort: abort.signal, onEvent });
      if (end !== 'interrupted') break;
      study = await reopened(url);
    }
    const seen = ({ state, values, epochs }: Awaited<ReturnType<typeof rows>>[number]) => [
      state,
      values,
      epochs,
    ];
    expect((await rows(study)).map(seen)).toEqual((await rows(whole)).map(seen));
  }
});

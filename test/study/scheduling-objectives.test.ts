import { expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { StudySpec } from '../../src/core/spec.js';
import type { MetricPoint, Outcome, RunHooks, RunnableAttempt } from '../../src/executors/executor.js';
import { Checkpointing } from './checkpointing.js';
import { makeSpec, newStudy, opened, reopened, rows, sweep, T0, tempDir } from './harness.js';

const LAST = 9;
const OBJECTIVES = [
  { metric: 'loss', direction: 'minimize', reduce: 'last' },
  { metric: 'accuracy', direction: 'maximize', reduce: 'last' },
] as const;
/** Loss and accuracy of each configuration: three on the front, then what they dominate. */
const POINTS = [
  [5, 0.1],
  [1, 0.3],
  [6, 0.2],
  [3, 0.8],
  [4, 0.7],
  [2, 0.5],
] as const;

const spec = (scheduler: string, more: Partial<StudySpec> = {}) =>
  makeSpec([{ name: 'x', distribution: int(0, POINTS.length - 1) }], {
    objectives: OBJECTIVES,
    scheduler: { name: scheduler, options: {} },
    maxSteps: LAST,
    ...more,
  });

type Told = (x: number, epoch: number) => readonly Pick<MetricPoint, 'name' | 'value'>[];
const both: Told = (x) => {
  const [loss, accuracy] = POINTS[x] as (typeof POINTS)[number];
  return [
    { name: 'loss', value: loss },
    { name: 'accuracy', value: accuracy },
  ];
};

/** A trainer that obeys its target and saves after each epoch. */
function trainer(told: Told, isStopped: () => boolean = () => false): Checkpointing {
  const executor: Checkpointing = new Checkpointing(
    async ({ trial, targetStep, params }: RunnableAttempt, hooks: RunHooks): Promise<Outcome> => {
      for (let epoch = (executor.saved.get(trial) ?? 0) + 1; epoch <= (targetStep ?? LAST); epoch++) {
        if (hooks.signal.aborted || isStopped()) break;
        hooks.report(told(Number(params.x), epoch).map((point) => ({ ...point, step: epoch })));
        await hooks.settled();
        executor.saved.set(trial, epoch);
      }
      const { aborted, reason } = hooks.signal;
      const ended = { kind: 'exited', finishedAtMs: T0 + 1000, logTail: [] } as const;
      return { ...ended, exitCode: aborted ? 143 : 0, ...(aborted && { stoppedFor: reason }) };
    },
  );
  return executor;
}

const statesOf = async (study: Awaited<ReturnType<typeof newStudy>>) =>
  (await rows(study)).map(({ params, state, values }) => [params.x, state, values?.length] as const);

test.each(['asha', 'auto'])('%s continues the trials of the Pareto front', async (name) => {
  const study = await newStudy(spec(name));
  await sweep(study, trainer(both));
  const complete = (await statesOf(study)).filter(([, state]) => state === 'complete').map(([x]) => x);
  // A third of six reaches the second rung: those of the front that stand for all of it.
  expect(complete.length).toBeGreaterThan(0);
  for (const x of complete) expect([1, 3, 5]).toContain(x);
  const pruned = (await statesOf(study)).filter(([, state]) => state === 'pruned');
  expect(pruned.length).toBe(POINTS.length - complete.length);
  for (const [, , count] of pruned) expect(count).toBe(2);
});

test('epochs trains as many of the front to their ends as it keeps', async () => {
  const scheduler = { name: 'epochs', options: { steps: 2, keep: 3 } };
  const study = await newStudy(spec('epochs', { scheduler }));
  await sweep(study, trainer(both));
  const complete = (await statesOf(study)).filter(([, state]) => state === 'complete').map(([x]) => x);
  expect(complete).toEqual([1, 3, 5]);
});

test('pbt replaces none of the front', async () => {
  const scheduler = { name: 'pbt', options: { population: 6, interval: 3 } };
  const study = await newStudy(spec('pbt', { scheduler, sampler: { name: 'random', options: {} } }));
  const told = (x: number) => both(x, 0);
  await sweep(study, trainer(told), { budget: 8 });
  const members = await rows(study);
  const isBehind = (x: number) =>
    members.some(({ params }) => {
      const [a, b] = [POINTS[Number(params.x)], POINTS[x]] as [readonly number[], readonly number[]];
      return (a[0] as number) < (b[0] as number) && (a[1] as number) > (b[1] as number);
    });
  const replaced = members.filter(({ state }) => state === 'pruned');
  for (const { params } of replaced) expect(isBehind(Number(params.x))).toBe(true);
  expect(members.filter(({ state }) => state === 'complete').length).toBeGreaterThanOrEqual(6);
});

test('what was reported by an earlier call ranks as before', async () => {
  const url = `${tempDir()}/study.db`;
  const drain = new AbortController();
  const first = await newStudy(
    spec('epochs', { scheduler: { name: 'epochs', options: { keep: 3 } } }),
    await opened(url),
  );
  let begun = 0;
  const { end } = await sweep(
    first,
    trainer((x, epoch) => {
      if (epoch === 1 && ++begun === 4) drain.abort();
      return both(x, epoch);
    }),
    { drain: drain.signal },
  );
  expect(end).toBe('interrupted');
  const second = await reopened(url);
  const executor = trainer(both);
  for (const { number, pausedAt } of await rows(second))
    if (pausedAt !== null) executor.saved.set(number, pausedAt);
  await sweep(second, executor);
  const complete = (await statesOf(second)).filter(([, state]) => state === 'complete').map(([x]) => x);
  expect(complete).toEqual([1, 3, 5]);
});

test('an objective that is measured at the end alone leaves the ranking to the others', async () => {
  const study = await newStudy(spec('epochs', { scheduler: { name: 'epochs', options: { keep: 2 } } }));
  const told: Told = (x, epoch) => both(x, epoch).slice(0, epoch === LAST ? 2 : 1);
  await sweep(study, trainer(told));
  const complete = (await statesOf(study)).filter(([, state]) => state === 'complete').map(([x]) => x);
  // The lowest losses.
  expect(complete).toEqual([1, 5]);
});

test('a trial that violates a metric constraint is continued after all that do not', async () => {
  const study = await newStudy(
    spec('epochs', {
      objectives: [OBJECTIVES[0]],
      metricConstraints: [{ metric: 'memory', bound: 'max', limit: 8 }],
      scheduler: { name: 'epochs', options: { keep: 2 } },
    }),
  );
  const told: Told = (x, epoch) => [
    { name: 'memory', value: x === 1 || x === 5 ? 9 : 7 },
    ...both(x, epoch).slice(0, 1),
  ];
  await sweep(study, trainer(told));
  const complete = (await statesOf(study)).filter(([, state]) => state === 'complete').map(([x]) => x);
  expect(complete).toEqual([3, 4]);
});

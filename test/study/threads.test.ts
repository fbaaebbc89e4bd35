import { expect, onTestFinished, test } from 'vitest';
import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import type { ParamSpec } from '../../src/core/space.js';
import type { StudySpec } from '../../src/core/spec.js';
import { createStudy, openStudy } from '../../src/study/open-study.js';
import type { Study } from '../../src/study/study.js';
import type { Threads } from '../../src/threads/apart.js';
import { counting, NO_PATIENCE } from '../threads/support.js';
import { done, failed, makeSpec, opened, ScriptedExecutor, sweep, T0, tempDir } from './harness.js';

const TRIALS = 14;
const params: ParamSpec[] = [
  { name: 'opt', distribution: categorical(['sgd', 'adam']) },
  { name: 'rate', distribution: float(1e-4, 1, { log: true }) },
  { name: 'momentum', distribution: float(0, 0.9), when: { opt: 'sgd' } },
  { name: 'layers', distribution: int(1, 9) },
];
/** What is enqueued says half of a trial, and the rest is proposed or drawn. */
const initialPoints: Params[] = [{ layers: 3 }, { opt: 'sgd' }, { opt: 'sgd', layers: 7 }, { opt: 'adam' }];

const lossOf = ({ rate, layers, momentum = 0.4 }: Params) =>
  (Math.log10(Number(rate)) + 2) ** 2 + Math.abs(Number(layers) - 3) + Number(momentum);

/** A trainer of nine steps that saves no checkpoints. */
function trainer(started: string[]): ScriptedExecutor {
  return new ScriptedExecutor(async (attempt, hooks) => {
    started.push(`${attempt.trial} ${JSON.stringify(attempt.params)}`);
    for (let step = 1; step <= 9 && !hooks.signal.aborted; step++)
      await hooks.report([{ name: 'loss', step, value: lossOf(attempt.params) + 3 / step }]);
    return hooks.signal.aborted ? failed(143) : done;
  });
}

const SPEC: Partial<StudySpec> = {
  sampler: { name: 'gp', options: { startup_trials: 5 } },
  scheduler: { name: 'auto', options: {} },
  terminator: { name: 'improvement', options: { min_trials: 2, margin: 0 } },
  maxSteps: 9,
  initialPoints,
};

function create(url: string, threads: Threads | null, more: Partial<StudySpec> = {}): Promise<Study> {
  const spec = makeSpec(params, { ...SPEC, ...more });
  return opened(url).then(async (storage) => {
    const study = await createStudy(storage, { name: 'study', spec, seed: 42, nowMs: T0, threads });
    onTestFinished(() => study.release());
    return study;
  });
}

async function openAgain(url: string, threads: Threads | null): Promise<Study> {
  const storage = await opened(url);
  const record = await storage.findStudy('study');
  if (!record) throw new Error(`no study in ${url}`);
  const study = await openStudy(storage, record, { threads });
  onTestFinished(() => study.release());
  return study;
}

function everythingApart() {
  const counts = { computed: 0, returned: 0 };
  return { counts, threads: { start: counting(counts), patience: NO_PATIENCE } };
}

async function outcome(study: Study) {
  return (await study.view()).configs.map(({ key, state, values, attrs, trials }) => ({
    key,
    state,
    values,
    attrs,
    steps: trials.map(({ steps }) => [...steps]),
  }));
}

test('a search in a thread is the search without one, and continues exactly in a process without one', async () => {
  const started: string[] = [];
  const whole = await create('memory:', null);
  await sweep(whole, trainer(started), { budget: TRIALS });
  const expected = await outcome(whole);
  expect(expected).toHaveLength(TRIALS);
  expect(new Set(expected.map(({ state }) => state)).size).toBeGreaterThan(1);

  const { counts, threads } = everythingApart();
  const apart = await create('memory:', threads);
  const startedApart: string[] = [];
  await sweep(apart, trainer(startedApart), { budget: TRIALS });
  expect(startedApart).toEqual(started);
  expect(await outcome(apart)).toEqual(expected);
  expect(counts.returned).toBe(0);
  expect(counts.computed).toBeGreaterThan(2 * TRIALS);

  for (const [first, then] of [
    [threads, null],
    [null, threads],
  ] as const) {
    const url = `sqlite:${tempDir()}/hpo.db`;
    const drain = new AbortController();
    const cut = await create(url, first);
    await sweep(cut, trainer([]), {
      budget: TRIALS,
      drain: drain.signal,
      onEvent: (event) => {
        if (event.type === 'trial-finished' && event.trial === 8) drain.abort();
      },
    });
    await cut.storage.close();
    const resumed = await openAgain(url, then);
    await sweep(resumed, trainer([]), { budget: TRIALS });
    expect(await outcome(resumed)).toEqual(expected);
  }
});

test('two orchestrators of one study, each with its thread, try no configuration twice and keep the budget', async () => {
  const url = `sqlite:${tempDir()}/hpo.db`;
  const few: ParamSpec[] = [
    { name: 'layers', distribution: int(1, 9) },
    { name: 'rate', distribution: float(0.1, 0.3, { step: 0.1 }) },
  ];
  const { threads, counts } = everythingApart();
  const first = await create(url, threads, { space: makeSpec(few).space, initialPoints: [] });
  const second = await openAgain(url, threads);
  const executors = [trainer([]), trainer([])];
  await Promise.all(
    [first, second].map((study, k) =>
      sweep(study, executors[k] as ScriptedExecutor, { budget: 20, slots: 3 }),
    ),
  );
  const keys = (await outcome(first)).map(({ key }) => key);
  expect(keys).toHaveLength(20);
  expect(new Set(keys).size).toBe(20);
  expect(executors.every(({ started }) => started.length > 0)).toBe(true);
  expect(counts.returned).toBe(0);
});

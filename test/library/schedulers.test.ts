import { describe, expect, test } from 'vitest';
import {
  createStudy,
  float,
  loadStudy,
  type RunningTrial,
  type Scheduler,
  type Study,
  type Trial,
} from '../../src/index.js';
import { closing, sqliteUrl } from './support.js';

const MAX = 9;
const space = { x: float(0, 1) };
type P = { readonly x: number };
type Form =
  | 'saves after its report'
  | 'saves before its report'
  | 'ignores its target'
  | 'saves once, at its target';
const FORMS: readonly Form[] = [
  'saves after its report',
  'saves before its report',
  'ignores its target',
  'saves once, at its target',
];
/** The steps that each trial trained, in order, over all attempts. */
type Trained = Map<number, number[]>;
type Saved = { readonly step: number; readonly sum: number };

/** Trains from what was saved, and returns the last loss; it fails where the state does not belong to its step. */
async function train(trial: Trial<P>, form: Form, trained: Trained): Promise<number> {
  const { number, params, startStep, targetStep, checkpoint } = trial;
  const found = await checkpoint.load<Saved>();
  if ((found?.step ?? 0) !== startStep) throw new Error(`step ${startStep} begins with ${found?.step}`);
  let sum = found?.sum ?? 0;
  const until = form === 'ignores its target' ? MAX : Math.min(targetStep ?? MAX, MAX);
  const lossOf = (step: number) => params.x + 1 / step;
  for (let step = startStep + 1; step <= until; step++) {
    trained.set(number, [...(trained.get(number) ?? []), step]);
    sum += step;
    if (form === 'saves before its report') await checkpoint.save({ step, sum });
    trial.report(lossOf(step), step);
    if (form.startsWith('saves after') || form.startsWith('ignores')) await checkpoint.save({ step, sum });
    if (form === 'saves once, at its target' && step === until) await checkpoint.save({ step, sum });
    if (await trial.shouldPrune()) break;
  }
  return lossOf(MAX);
}

const create = (scheduler: 'asha' | 'hyperband' | 'epochs', storage?: string) =>
  closing(
    createStudy({
      direction: 'minimize',
      sampler: 'random',
      space,
      scheduler,
      maxSteps: MAX,
      ...(storage !== undefined && { storage }),
    }),
  );

/** Loops over a study; a trial that is paused is left as it is. */
async function loop(study: Study<P>, form: Form, trained: Trained, trials: number): Promise<void> {
  for await (const trial of study.run({ totalTrials: trials })) {
    const loss = await train(trial, form, trained);
    if (!trial.signal.aborted) await trial.complete(loss);
  }
}

const outcome = async (study: Study<P>) =>
  (await study.trials()).map(({ state, params, values }) => JSON.stringify([state, params, values]));

describe.each(['asha', 'hyperband', 'epochs'] as const)('%s in a program', (scheduler) => {
  test.each(FORMS)('an objective that %s trains no step up to its target twice', async (form) => {
    const trained: Trained = new Map();
    const study = await create(scheduler);
    await study.optimize((trial) => train(trial, form, trained), { totalTrials: 9 });
    const steps = [...trained.values()];
    for (const each of steps) expect(each).toEqual(each.map((_, at) => at + 1));
    expect(steps.flat().length).toBeLessThan(9 * MAX);
    const trials = await study.trials();
    expect(new Set(trials.map(({ state }) => state))).toEqual(new Set(['complete', 'pruned']));
    for (const { state, number } of trials)
      expect(trained.get(number)?.length === MAX).toBe(state === 'complete');
  });

  test.each(['memory:', 'a file'])('the loop gives the same trials as optimize, in %s', async (where) => {
    const url = () => (where === 'memory:' ? undefined : sqliteUrl());
    const [called, looped] = [await create(scheduler, url()), await create(scheduler, url())];
    const [first, second]: Trained[] = [new Map(), new Map()];
    await called.optimize((trial) => train(trial, 'saves after its report', first as Trained), {
      totalTrials: 6,
    });
    await loop(looped, 'saves after its report', second as Trained, 6);
    expect(await outcome(looped)).toEqual(await outcome(called));
    expect(second).toEqual(first);
  });
});

test('what an objective returns or throws after it was asked to end does not matter', async () => {
  const study = await create('asha');
  const errors: unknown[] = [];
  await study.optimize(
    async (trial) => {
      for (let step = trial.startStep + 1; step <= MAX; step++) {
        trial.report(trial.params.x + 1 / step, step);
        await trial.checkpoint.save(step);
        if (await trial.shouldPrune()) throw new Error('I was asked to end');
      }
      return 0;
    },
    { totalTrials: 5, onTrialEnd: ({ error }) => errors.push(error) },
  );
  expect((await study.trials({ state: 'fail' })).length).toBe(0);
  expect((await study.trials({ state: 'complete' })).length).toBe(1);
  expect(errors).toEqual(Array(5).fill(undefined));
});

test('an objective that never saves is judged as by a rule that only stops, with one warning', async () => {
  const study = await create('asha');
  const warnings: string[] = [];
  const starts: number[] = [];
  await study.optimize(
    async (trial) => {
      starts.push(trial.number);
      for (let step = trial.startStep + 1; step <= MAX; step++) {
        trial.report(trial.params.x + 1 / step, step);
        if (await trial.shouldPrune()) break;
      }
      return trial.params.x;
    },
    { totalTrials: 8, onWarning: (message) => warnings.push(message) },
  );
  expect(starts).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(warnings).toHaveLength(1);
  const states = (await study.trials()).map(({ state }) => state);
  expect(states[0]).toBe('complete');
  expect(states).toContain('pruned');
});

test('a paused trial resumes with its number, seed and parameters, and bytes come back as bytes', async () => {
  const study = await create('epochs');
  const seen = new Map<number, unknown[]>();
  const states: string[] = [];
  for await (const trial of study.run({ totalTrials: 4 })) {
    const { number, seed, params, startStep, targetStep } = trial;
    const before = seen.get(number);
    if (before) expect(before).toEqual([seed, params]);
    seen.set(number, [seed, params]);
    const state = await trial.checkpoint.load<Uint8Array>();
    expect(state).toEqual(startStep === 0 ? null : Uint8Array.of(startStep, 255));
    for (let step = startStep + 1; step <= (targetStep ?? MAX); step++) {
      trial.report(params.x + 1 / step, step);
      await trial.checkpoint.save(Uint8Array.of(step, 255));
    }
    // Not needed after a pause: it says that the trial comes again, and records nothing.
    states.push(await trial.complete(params.x));
  }
  expect(states).toEqual(['running', 'running', 'running', 'running', 'complete', 'complete', 'complete']);
  expect((await study.trials()).map(({ state }) => state).toSorted()).toEqual([
    'complete',
    'complete',
    'complete',
    'pruned',
  ]);
});

test('a loop with several open trials waits for those that may come again', async () => {
  const study = await create('asha');
  const trained: Trained = new Map();
  const calls: Promise<unknown>[] = [];
  const body = async (trial: RunningTrial<P>) => {
    const loss = await train(trial, 'saves after its report', trained);
    if (!trial.signal.aborted) await trial.complete(loss);
  };
  for await (const trial of study.run({ totalTrials: 9, concurrency: 3 })) calls.push(body(trial));
  await Promise.all(calls);
  for (const each of trained.values()) expect(each).toEqual(each.map((_, at) => at + 1));
  expect((await study.trials({ state: ['running', 'fail'] })).length).toBe(0);
  expect((await study.trials({ state: 'complete' })).length).toBeGreaterThan(0);
});

test('a budget of steps is not exceeded, and the paused trials end with it', async () => {
  const study = await create('asha');
  const trained: Trained = new Map();
  const { end } = await study.optimize((trial) => train(trial, 'saves after its report', trained), {
    budget: { steps: 20 },
  });
  expect(end).toBe('epochs');
  const spent = [...trained.values()].flat().length;
  expect(spent).toBeLessThanOrEqual(20);
  expect(spent).toBeGreaterThan(20 - MAX);
  expect((await study.trials({ state: 'running' })).length).toBe(0);
  const again = await study.optimize((trial) => train(trial, 'saves after its report', trained), {
    budget: { steps: 20 },
  });
  expect(again.end).toBe('epochs');
  expect([...trained.values()].flat()).toHaveLength(spent);
});

test.each(['memory:', 'a file'])(
  'a call that was aborted at any step resumes exactly, in %s',
  async (where) => {
    const whole = await create('asha');
    const expected: Trained = new Map();
    await whole.optimize((trial) => train(trial, 'saves after its report', expected), { totalTrials: 6 });
    const storage = where === 'memory:' ? undefined : sqliteUrl();
    const study = await create('asha', storage);
    const trained: Trained = new Map();
    for (let calls = 0; calls < 40; calls++) {
      const abort = new AbortController();
      let steps = 0;
      const { end } = await study.optimize(
        async (trial) => {
          const report: typeof trial.report = (values, step) => {
            trial.report(values, step);
            if (++steps === 3) setImmediate(() => abort.abort());
          };
          const own = {
            ...Object.getOwnPropertyDescriptors(trial),
            report: { value: report, enumerable: true },
          };
          return train(Object.defineProperties({}, own) as typeof trial, 'saves after its report', trained);
        },
        { totalTrials: 6, signal: abort.signal },
      );
      if (end !== 'interrupted') break;
    }
    expect(await outcome(study)).toEqual(await outcome(whole));
    // A step whose report came before the abort may have to be trained again.
    for (const [number, steps] of trained) expect([...new Set(steps)]).toEqual(expected.get(number));
  },
);

describe('a scheduler of the program', () => {
  const halves = (calls: string[]): Scheduler => ({
    firstTargets: async () => {
      calls.push('first');
      return () => 4;
    },
    decide: async ({ steps }) => ({ kind: 'continue', reason: `${steps.size} steps` }),
    async next({ configs, canAsk }) {
      calls.push('next');
      const paused = configs.flatMap(({ trials }) => trials).filter(({ pausedAt }) => pausedAt);
      const [trial] = canAsk ? [] : paused;
      return trial ? { trial: trial.number, toStep: null, reason: 'one is enough' } : null;
    },
  });

  test('decides as a registered one does, asynchronously, and another program needs it again', async () => {
    const storage = sqliteUrl();
    const trained: Trained = new Map();
    const calls: string[] = [];
    const study = await createStudy({
      storage,
      direction: 'minimize',
      space,
      scheduler: halves(calls),
      maxSteps: MAX,
    });
    await study.optimize((trial) => train(trial, 'saves after its report', trained), { totalTrials: 2 });
    expect(trained).toEqual(
      new Map([
        [0, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
        [1, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
      ]),
    );
    expect(new Set(calls)).toEqual(new Set(['first', 'next']));
    await study.close();
    const blind = await closing(loadStudy({ name: 'study', storage }));
    expect((await blind.trials()).length).toBe(2);
    await expect(blind.optimize(() => 1, { totalTrials: 3 })).rejects.toThrow(
      'the scheduler of this study is an object of the program that made it',
    );
    const seeing = await closing(loadStudy({ name: 'study', storage, scheduler: halves([]) }));
    await seeing.optimize(() => 1, { totalTrials: 3 });
    expect((await seeing.trials()).length).toBe(3);
  });

  test('ends the call with an error that names it', async () => {
    const scheduler = { ...halves([]), decide: () => 'stop' } as unknown as Scheduler;
    const study = await closing(createStudy({ direction: 'minimize', space, scheduler, maxSteps: MAX }));
    const run = study.optimize((trial) => train(trial, 'saves after its report', new Map()), {
      totalTrials: 2,
    });
    await expect(run).rejects.toThrow('from decide of the scheduler');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { StudySpec } from '../../src/core/spec.js';
import type { Outcome } from '../../src/executors/executor.js';
import { LOST_ATTEMPTS_LIMIT } from '../../src/study/attempt/retry-policy.js';
import type { Study } from '../../src/study/study.js';
import { NO_FAILURE_RULES } from '../../src/study/sweep/failures.js';
import { Checkpointing } from './checkpointing.js';
import {
  DEAD_OWNER,
  done,
  failed,
  makeSpec,
  newAttempt,
  newStudy,
  results,
  rows,
  type Script,
  sweep,
  T0,
} from './harness.js';

const unknown: Outcome = { kind: 'unknown', finishedAtMs: T0 + 5, logTail: [] };
const retries = (count: number) => ({ failures: { ...NO_FAILURE_RULES, retries: count } });
const one = (more: Partial<StudySpec> = {}) => makeSpec([{ name: 'n', distribution: int(1, 1) }], more);
const lossAt = (step: number) => 10 - step;

/** Trains for `epochs`, saves each `every` of them, and dies in attempt i + 1 after epoch `deaths[i]`. */
function trainer(epochs: number, every: number, deaths: readonly number[]): Checkpointing {
  const executor: Checkpointing = new Checkpointing(({ trial, attempt }, hooks) => {
    for (let epoch = (executor.saved.get(trial) ?? 0) + 1; epoch <= epochs; epoch++) {
      hooks.report([
        { name: 'loss', step: epoch, value: lossAt(epoch) },
        { name: 'other', step: epoch, value: attempt },
      ]);
      if (epoch % every === 0) executor.saved.set(trial, epoch);
      if (deaths[attempt - 1] === epoch) return unknown;
    }
    hooks.report([{ name: 'time', step: null, value: 1 }]);
    return done;
  });
  return executor;
}

async function losses(study: Study): Promise<string[]> {
  return (await study.storage.metrics(study.id, 0))
    .filter(({ name }) => name === 'loss')
    .map(({ step, value }) => `${step} ${value}`);
}

const UNTIL = (last: number) => Array.from({ length: last }, (_, i) => `${i + 1} ${lossAt(i + 1)}`);

describe('a trial that resumes from a checkpoint', () => {
  test.each(['last', 'best', 'mean'] as const)(
    'has the result of one that nothing disturbed, wherever it died: %s',
    async (reduce) => {
      const objectives = [{ metric: 'loss', direction: 'maximize', reduce }] as const;
      const spec = one({ objectives });
      const whole = await newStudy(spec);
      await sweep(whole, trainer(6, 1, []));
      const [expected] = await rows(whole);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 4 }),
          fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }),
          async (every, deaths) => {
            const study = await newStudy(spec);
            const executor = trainer(6, every, deaths);
            await sweep(study, executor);
            const [row] = await rows(study);
            expect(row?.values).toEqual(expected?.values);
            expect([row?.state, row?.epochs]).toEqual(['complete', 6]);
            expect(await losses(study)).toEqual(UNTIL(6));
            // Epochs from the last checkpoint on are done again by the last attempt, and no others.
            const others = await study.storage.metrics(study.id, 0);
            const last = executor.started.length;
            const again = others.filter(({ name, value }) => name === 'other' && value === last);
            expect(again.every(({ step }, i) => i === 0 || step === (again[i - 1]?.step ?? 0) + 1)).toBe(
              true,
            );
          },
        ),
        { numRuns: 30 },
      );
    },
  );

  test('without a checkpoint begins at the start, and keeps nothing of before', async () => {
    const study = await newStudy(one());
    const executor = new Checkpointing(({ attempt }, hooks) => {
      if (attempt === 2) return done;
      hooks.report([{ name: 'loss', step: 1, value: 1 }]);
      return failed();
    });
    await sweep(study, executor, retries(1));
    expect((await rows(study))[0]).toMatchObject({
      state: 'fail',
      epochs: 0,
      reason: 'exited 0 without reporting the objective loss; it printed no METRIC line',
    });
  });

  test('that has nothing left to do is complete with what it reported before', async () => {
    const study = await newStudy(one());
    await sweep(study, trainer(3, 1, [3]));
    expect((await rows(study))[0]).toMatchObject({ state: 'complete', values: [lossAt(3)], attempt: 2 });
  });

  test('knows all its objectives and limited metrics', async () => {
    const objectives = [
      { metric: 'loss', direction: 'minimize', reduce: 'mean' },
      { metric: 'size', direction: 'minimize', reduce: 'best' },
    ] as const;
    const study = await newStudy(
      one({ objectives, metricConstraints: [{ metric: 'memory', bound: 'max', limit: 8 }] }),
    );
    const executor = new Checkpointing(({ attempt, trial }, hooks) => {
      if (attempt === 2) {
        hooks.report([{ name: 'loss', step: 2, value: 1 }]);
        return done;
      }
      hooks.report([
        { name: 'loss', step: 1, value: 3 },
        { name: 'size', step: 1, value: 5 },
        { name: 'memory', step: 1, value: 12 },
        { name: 'size', step: 2, value: 4 },
        { name: 'size', step: null, value: 1 },
      ]);
      executor.saved.set(trial, 1);
      return failed();
    });
    const { events } = await sweep(study, executor, retries(1));
    expect((await rows(study))[0]).toMatchObject({ state: 'complete', values: [2, 5] });
    expect(events.find(({ type }) => type === 'trial-finished')).toMatchObject({ feasible: false });
  });

  test('that is lost is complete only by a final value of its own', async () => {
    const study = await newStudy(one());
    const executor = new Checkpointing(({ attempt, trial }, hooks) => {
      executor.saved.set(trial, 1);
      if (attempt === 1) hooks.report([{ name: 'loss', step: 1, value: 1 }]);
      if (attempt === 1) return unknown;
      if (attempt === 3) hooks.report([{ name: 'loss', step: null, value: 7 }]);
      return unknown;
    });
    await sweep(study, executor);
    expect((await rows(study))[0]).toMatchObject({ state: 'complete', values: [7], attempt: 3 });
  });
});

describe('a trial that is lost again and again', () => {
  const losing = async (every: number, deaths: readonly number[]) => {
    const study = await newStudy(one());
    const executor = trainer(9, every, deaths);
    await sweep(study, executor);
    return { started: executor.started.length, state: (await rows(study))[0]?.state };
  };

  test('is tried as often as it gets on', async () => {
    // A machine that is taken away after every other epoch.
    expect(await losing(1, [2, 4, 6, 8])).toEqual({ started: 5, state: 'complete' });
    expect(await losing(2, [3, 3, 5, 5, 7, 7])).toEqual({ started: 7, state: 'complete' });
  });

  test('at the same place fails, however far it has come', async () => {
    // Saved after epochs 3 and 6: the third attempt begins in the seventh and dies there, and two more do.
    expect(await losing(3, [4, 7, 7, 7, 7, 7])).toEqual({ started: 5, state: 'fail' });
  });

  test('without checkpoints is not tried any oftener than ever', async () => {
    expect(await losing(100, [2, 4, 6, 8])).toEqual({ started: LOST_ATTEMPTS_LIMIT, state: 'fail' });
  });
});

describe('an attempt that resumes and was reattached', () => {
  test.each([0, 1, 2, 3])(
    'after %i of its reports were stored gives the same as one that was not',
    async (stored) => {
      const study = await newStudy(
        one({ objectives: [{ metric: 'loss', direction: 'minimize', reduce: 'mean' }] }),
      );
      const asked = await study.ask(newAttempt(DEAD_OWNER), T0);
      if ('exhausted' in asked || !asked.attempt) throw new Error('one attempt expected');
      const point = (step: number, value: number) => ({ name: 'loss', step, value, objective: true });
      const { id } = asked.trial;
      await study.report(
        id,
        asked.attempt.id,
        [1, 2, 3, 4].map((step) => point(step, 100 * step)),
      );
      const ended = {
        exitCode: 1,
        reason: 'gone',
        cause: 'lost' as const,
        finishedAtMs: T0,
        keepSteps: true,
      };
      await study.storage.requeue(asked.attempt.id, ended);
      const again = await study.storage.restart(id, { fromAsker: null, attempt: newAttempt(DEAD_OWNER) });
      const log = [point(3, 3), point(4, 4), point(5, 5)];
      if (stored > 0) await study.report(id, again?.attempt?.id ?? -1, log.slice(0, stored));
      const executor = new Checkpointing((_, hooks) => {
        for (const told of log) hooks.report([told]);
        return done;
      });
      await sweep(study, executor);
      expect(executor.resumed).toHaveLength(1);
      expect(await losses(study)).toEqual(['1 100', '2 200', '3 3', '4 4', '5 5']);
      expect((await rows(study))[0]?.values).toEqual([(100 + 200 + 3 + 4 + 5) / 5]);
    },
  );
});

describe('an attempt whose log a loss of power emptied', () => {
  test.each([
    ['loses steps that hpo counted, since nobody knows where the next one resumes', true, [], []],
    ['keeps steps that its trainer numbered', false, ['loss'], ['1 9', '2 8']],
  ])('%s', async (_, counted, inherited, left) => {
    const study = await newStudy(one());
    const asked = await study.ask(newAttempt(DEAD_OWNER), T0);
    if ('exhausted' in asked || !asked.attempt) throw new Error('one attempt expected');
    const points = [1, 2].map((step) => ({ name: 'loss', step, value: lossAt(step), objective: true }));
    const stored = points.map((point) => (counted ? { ...point, counted } : point));
    await study.report(asked.trial.id, asked.attempt.id, stored);
    let before: readonly string[] = [];
    const executor = new Checkpointing(async ({ attempt }) => {
      if (attempt === 1) return unknown;
      before = await losses(study);
      return done;
    });
    executor.saved.set(0, 2);
    await sweep(study, executor);
    expect(executor.resumed).toHaveLength(1);
    expect(executor.started.map(({ inheritedMetrics }) => inheritedMetrics)).toEqual([inherited]);
    expect(before).toEqual(left);
  });
});

describe('checkpoints', () => {
  test('go when the end of a trial is stored, whatever it is, and not while it may be tried again', async () => {
    const spec = makeSpec([{ name: 'n', distribution: int(0, 2) }], {
      pruner: { name: 'threshold', options: { upper: 50 } },
    });
    const study = await newStudy(spec);
    const script: Script = ({ trial, attempt }, hooks) => {
      executor.saved.set(trial, 1);
      if (trial === 0 && attempt === 1) return failed();
      hooks.report([{ name: 'loss', step: 1, value: trial === 1 ? 100 : 1 }]);
      return trial === 2 ? failed() : done;
    };
    const executor = new Checkpointing(script);
    executor.study = study;
    await sweep(study, executor, retries(1));
    expect(executor.discarded).toEqual(['0 complete', '1 pruned', '2 fail']);
  });

  test('that cannot be removed are a warning', async () => {
    const study = await newStudy(one());
    const executor = trainer(1, 1, []);
    executor.checkpoints.discard = () => Promise.reject(new Error('EPERM'));
    const { events } = await sweep(study, executor);
    expect(await results(study)).toEqual([`complete ${lossAt(1)}`]);
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({
      trial: 0,
      message: 'its checkpoints could not be removed: EPERM',
    });
  });

  test.each([
    [true, UNTIL(2)],
    [false, UNTIL(2).slice(1)],
  ])('that were kept (%s) let a failed trial go on under --retry-failed', async (kept, left) => {
    const study = await newStudy(one());
    const executor = new Checkpointing(({ attempt, trial }, hooks) => {
      hooks.report([{ name: 'loss', step: attempt, value: lossAt(attempt) }]);
      executor.saved.set(trial, attempt);
      return attempt === 1 ? failed() : done;
    });
    executor.checkpoints.discard = async ({ trial }) => {
      if (!kept) executor.saved.delete(trial);
    };
    await sweep(study, executor);
    expect(await results(study)).toEqual(['fail']);
    await sweep(study, executor, { retryFailed: true });
    expect(await losses(study)).toEqual(left);
  });
});

import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lowestExplicitStep, reclaimedSteps } from '../../src/core/metric-inheritance.js';
import type { ReportedPoint, Storage } from '../../src/storage/storage.js';
import { countOf } from './lookups.js';
import { ask, attemptOf, folder, newAttempt, newStudy, opened } from './support.js';

type Told = { readonly name: string; readonly step: number | null; readonly value: number };
const point = fc.record({
  name: fc.constantFrom('loss', 'accuracy'),
  step: fc.option(fc.nat({ max: 6 })),
  value: fc.integer(),
});
/** What the attempts of one trial report, each in some batches. */
const attempts = fc.array(fc.array(fc.array(point, { maxLength: 4 }), { maxLength: 4 }), {
  minLength: 1,
  maxLength: 4,
});

/** By the rule's own words: what an attempt reports, and what was there below its lowest step. */
function expected(history: readonly (readonly Told[][])[]): Told[] {
  let all: Told[] = [];
  for (const batches of history) {
    const own = batches.flat();
    const lowest = Math.min(...own.flatMap(({ step }) => (step === null ? [] : [step])));
    const kept = all.filter(({ step }) => step !== null && step < lowest);
    const last = new Map([...kept, ...own].map((told) => [`${told.name} ${told.step}`, told]));
    all = [...last.values()];
  }
  return all;
}

const sorted = (points: readonly Told[]) =>
  points.map(({ name, step, value }) => `${name} ${step} ${value}`).sort();
const toStored = (points: readonly Told[]): ReportedPoint[] =>
  points.map((told) => ({ ...told, objective: told.name === 'loss' }));

async function run(storage: Storage, history: readonly (readonly Told[][])[], replayed: boolean) {
  const study = await newStudy(storage);
  const asked = await ask(storage, study.id, { lr: 0.1 });
  const trialId = asked.trial.id;
  let attemptId = attemptOf(asked);
  for (const [i, batches] of history.entries()) {
    if (i > 0) {
      const ended = { exitCode: 1, reason: 'gone', cause: 'lost' as const, finishedAtMs: i, keepSteps: true };
      expect(await storage.requeue(attemptId, ended)).toBe(true);
      attemptId = attemptOf(
        await storage.restart(trialId, { fromAsker: null, attempt: newAttempt('me', i) }),
      );
    }
    for (const batch of batches) await storage.report(trialId, attemptId, toStored(batch));
    // Who takes an attempt over reads its log from the first byte, in batches of another size.
    if (replayed)
      for (const told of batches.flat()) await storage.report(trialId, attemptId, toStored([told]));
  }
  const [trial] = (await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] })).trials;
  const metrics = await storage.metrics(study.id, 0);
  return { metrics, steps: [...(trial?.steps ?? [])], epochs: await countOf(storage, study.id, 'epochs') };
}

/** The values of one trial, kept by the functions of core/metric-inheritance.ts alone. */
class Model {
  readonly values = new Map<string, Told>();
  inherited: readonly string[] = [];
  firstStep: number | null = null;

  report(points: readonly ReportedPoint[]): void {
    const reclaimed = reclaimedSteps(this.firstStep, lowestExplicitStep(points));
    if (reclaimed) {
      this.#drop(
        ({ name, step }) =>
          this.inherited.includes(name) && step !== null && step >= reclaimed.from && step < reclaimed.to,
      );
      this.firstStep = reclaimed.from;
    }
    for (const { name, step, value } of points) this.values.set(`${name} ${step}`, { name, step, value });
  }

  next(implicit: readonly string[]): void {
    this.#drop(({ name, step }) => step === null || implicit.includes(name));
    this.inherited = [...new Set([...this.values.values()].map(({ name }) => name))].sort();
    this.firstStep = null;
  }

  #drop(isDropped: (told: Told) => boolean): void {
    for (const [key, told] of this.values) if (isDropped(told)) this.values.delete(key);
  }
}

describe.each(['memory:', 'sqlite:'])('in %s', (kind) => {
  const open = async () => opened(kind === 'memory:' ? kind : `sqlite:${join(await folder(), 'study.db')}`);

  test('an attempt keeps what attempts before it reported below its lowest step, however its log is read', async () => {
    await fc.assert(
      fc.asyncProperty(attempts, fc.boolean(), async (history, replayed) => {
        const storage = await open();
        const { metrics, steps, epochs } = await run(storage, history, replayed);
        const rule = expected(history);
        expect(sorted(metrics)).toEqual(sorted(rule));
        const losses = rule.filter(({ name, step }) => name === 'loss' && step !== null);
        expect(steps).toEqual(losses.map(({ step, value }) => [step, value]).sort((a, b) => a[0]! - b[0]!));
        const distinct = new Set(rule.flatMap(({ step }) => (step === null ? [] : [step])));
        expect(epochs).toBe(distinct.size);
        await storage.close();
      }),
      { numRuns: 40 },
    );
  });

  test('the storage follows the functions of the rule, also where a metric has implicit steps', async () => {
    const implicit = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(attempts, implicit, async (history, isImplicit) => {
        const storage = await open();
        const model = new Model();
        const study = await newStudy(storage);
        const asked = await ask(storage, study.id, { lr: 0.1 });
        let attemptId = attemptOf(asked);
        for (const [i, batches] of history.entries()) {
          // An inherited metric never has implicit steps: what comes without a step is a final value then.
          const counts = isImplicit[i] === true && !model.inherited.includes('accuracy');
          for (const batch of batches) {
            const points = toStored(batch).map((each) =>
              counts && each.name === 'accuracy' && each.step !== null ? { ...each, counted: true } : each,
            );
            await storage.report(asked.trial.id, attemptId, points);
            model.report(points);
          }
          const { firstStep, inherited } = (await storage.attempts({ attemptId }))[0]!;
          expect({ firstStep, inherited }).toEqual({
            firstStep: model.firstStep,
            inherited: model.inherited,
          });
          expect(sorted(await storage.metrics(study.id, 0))).toEqual(sorted([...model.values.values()]));
          const forget = counts ? ['accuracy'] : [];
          const ended = { exitCode: 1, reason: 'gone', cause: 'lost' as const, finishedAtMs: i };
          await storage.requeue(attemptId, { ...ended, keepSteps: true, forget });
          model.next(forget);
          attemptId = attemptOf(
            await storage.restart(asked.trial.id, { fromAsker: null, attempt: newAttempt('me', i) }),
          );
        }
        await storage.close();
      }),
      { numRuns: 40 },
    );
  });

  const loss = (step: number | null, value: number): Told => ({ name: 'loss', step, value });

  test.each<[string, Told[][], string[]]>([
    ['resumes at 3', [[loss(3, 30)]], ['loss 1 1', 'loss 2 2', 'loss 3 30']],
    ['begins at the start', [[loss(1, 10)]], ['loss 1 10']],
    ['has nothing left to do', [], ['loss 1 1', 'loss 2 2', 'loss 3 3', 'loss 4 4']],
    [
      'reports nothing but its final value',
      [[loss(null, 9)]],
      ['loss 1 1', 'loss 2 2', 'loss 3 3', 'loss 4 4', 'loss null 9'],
    ],
    ['comes to a lower step later', [[loss(4, 40)], [loss(2, 20)]], ['loss 1 1', 'loss 2 20', 'loss 4 40']],
    [
      'resumes with another metric first',
      [[{ name: 'accuracy', step: 3, value: 0.5 }]],
      ['accuracy 3 0.5', 'loss 1 1', 'loss 2 2'],
    ],
  ])('an attempt after steps 1 to 4 and a final value that %s', async (_, next, left) => {
    const storage = await open();
    const first = [[1, 2, 3, 4].map((step) => loss(step, step)), [loss(null, 4)]];
    const { metrics } = await run(storage, [first, next], false);
    expect(sorted(metrics)).toEqual(left);
    await storage.close();
  });

  test('an attempt that cannot resume begins without reports, and so does a trial opened again', async () => {
    const storage = await open();
    const study = await newStudy(storage);
    const asked = await ask(storage, study.id, { lr: 0.1 });
    const trialId = asked.trial.id;
    await storage.report(trialId, attemptOf(asked), toStored([loss(1, 1), loss(null, 1)]));
    await storage.requeue(attemptOf(asked), {
      exitCode: 1,
      reason: 'gone',
      cause: 'lost' as const,
      finishedAtMs: 1,
    });
    expect(await storage.metrics(study.id, 0)).toEqual([]);
    const again = attemptOf(await storage.restart(trialId, { fromAsker: null, attempt: newAttempt() }));
    await storage.report(trialId, again, toStored([loss(1, 1), loss(2, 2), loss(null, 2)]));
    const fail = { state: 'fail', values: null, exitCode: 1, reason: 'broken', finishedAtMs: 2 } as const;
    await storage.finish(trialId, again, fail);
    await storage.reopen(trialId, true);
    expect(sorted(await storage.metrics(study.id, 0))).toEqual(['loss 1 1', 'loss 2 2']);
    await storage.finish(
      trialId,
      attemptOf(await storage.restart(trialId, { fromAsker: null, attempt: newAttempt() })),
      fail,
    );
    await storage.reopen(trialId);
    expect(await storage.metrics(study.id, 0)).toEqual([]);
  });
});

import { describe, expectTypeOf, test } from 'vitest';
import {
  asha,
  categorical,
  cmaes,
  createStudy,
  float,
  grid,
  listStudies,
  loadStudy,
  median,
  openStorage,
  type Study,
  tpe,
} from '../../src/index.js';

const space = {
  rate: float(1e-5, 0.1, { log: true }),
  opt: categorical(['sgd', 'adam']),
  momentum: float(0, 0.99).when({ opt: 'sgd' }),
};
type P = { readonly rate: number; readonly opt: 'sgd' | 'adam'; readonly momentum?: number };
declare const one: Study<P>;
declare const loss: Study<P, 'loss'>;
declare const two: Study<P, 'quality' | 'cents'>;
const direction = 'minimize';

// Checked by the compiler (npm run check:types): nothing here is called. Each of these is a slip that people make.
describe('the compiler refuses', () => {
  test('misspelled names', () => {
    const refused = [
      // @ts-expect-error: a sampler.
      () => createStudy({ direction, space, sampler: 'tpee' }),
      // @ts-expect-error: a pruner.
      () => createStudy({ direction, space, pruner: 'mediann' }),
      // @ts-expect-error: a terminator.
      () => createStudy({ direction, space, terminator: 'improvment' }),
      // @ts-expect-error: a sampler with options.
      () => createStudy({ direction, space, sampler: { name: 'cma-es' } }),
      // @ts-expect-error: a pruner is no sampler.
      () => createStudy({ direction, space, sampler: asha() }),
      // @ts-expect-error: a sampler is no pruner.
      () => createStudy({ direction, space, pruner: tpe() }),
      // @ts-expect-error: an event.
      () => one.on('improve', () => {}),
      // @ts-expect-error: a method.
      () => one.bestTrial(),
      // @ts-expect-error: a state.
      () => one.trials({ state: 'completed' }),
      // @ts-expect-error: one of several states.
      () => one.trials({ state: ['complete', 'failed'] }),
    ];
    expectTypeOf(refused).toBeArray();
  });

  test('misspelled options', () => {
    const refused = [
      // @ts-expect-error: of a function.
      () => tpe({ startupTrial: 10 }),
      // @ts-expect-error: of a function that has none.
      () => grid({ steps: 3 }),
      // @ts-expect-error: of another sampler.
      () => cmaes({ startupTrials: 3 }),
      // @ts-expect-error: of a pruner.
      () => median({ warmup: 3 }),
      // @ts-expect-error: of a typed name.
      () => createStudy({ direction, space, sampler: { name: 'tpe', startupTrails: 10 } }),
      // @ts-expect-error: of a typed name that has others.
      () => createStudy({ direction, space, pruner: { name: 'asha', startup: 10 } }),
      // @ts-expect-error: a value of another kind.
      () => createStudy({ direction, space, sampler: { name: 'tpe', startupTrials: '10' } }),
      // @ts-expect-error: of createStudy.
      () => createStudy({ direction, space, loadIfExist: true }),
      // @ts-expect-error: of run.
      () => one.run({ concurency: 8 }),
      // @ts-expect-error: of run, by Optuna's name.
      () => one.run({ n_trials: 8 }),
      // @ts-expect-error: run has no catch: its body catches.
      () => one.run({ catch: true }),
      // @ts-expect-error: of retries.
      () => one.run({ retries: { times: 3, wait: '2s' } }),
      // @ts-expect-error: of a distribution.
      () => float(0, 1, { logarithmic: true }),
      // @ts-expect-error: of trials.
      () => one.trials({ from: 3 }),
      // @ts-expect-error: of addTrial.
      () => one.addTrial({ parameters: { rate: 1, opt: 'sgd' }, values: 1 }),
      // @ts-expect-error: of loadStudy.
      () => loadStudy({ study: 's', storage: 'a.db' }),
    ];
    expectTypeOf(refused).toBeArray();
  });

  test('both directions, or none', () => {
    const refused = [
      // @ts-expect-error: none.
      () => createStudy({ space }),
      // @ts-expect-error: both.
      () => createStudy({ direction, objectives: { loss: 'minimize' }, space }),
      // @ts-expect-error: both, in the old form.
      () => createStudy({ direction, directions: ['minimize'], space }),
      // @ts-expect-error: both, new and old.
      () => createStudy({ objectives: { loss: 'minimize' }, directions: ['minimize'], space }),
      // @ts-expect-error: no direction.
      () => createStudy({ objectives: { loss: 'min' }, space }),
      // @ts-expect-error: no direction either.
      () => createStudy({ direction: 'up', space }),
      // @ts-expect-error: a list has no names.
      () => createStudy({ objectives: ['minimize', 'maximize'], space }),
    ];
    expectTypeOf(refused).toBeArray();
  });

  test('wrong counts of values, and misspelled metrics', () => {
    const refused = [
      async () => {
        for await (const trial of two.run()) {
          // @ts-expect-error: a number for two objectives.
          await trial.complete(1);
          // @ts-expect-error: one of two.
          await trial.complete({ quality: 1 });
          // @ts-expect-error: three of two.
          await trial.complete({ quality: 1, cents: 2, seconds: 3 });
          // @ts-expect-error: a misspelled one.
          await trial.complete({ qualty: 1, cents: 2 });
          // @ts-expect-error: text.
          await trial.complete({ quality: '1', cents: 2 });
          // @ts-expect-error: a list.
          await trial.complete([1, 2, 3]);
          // @ts-expect-error: nothing.
          await trial.complete();
        }
      },
      async () => {
        for await (const trial of one.run()) {
          // @ts-expect-error: two for one.
          await trial.complete({ quality: 1, cents: 2 });
          // @ts-expect-error: two for one.
          await trial.complete([1, 2]);
        }
        for await (const trial of loss.run()) {
          // @ts-expect-error: another name.
          await trial.complete({ los: 1 });
        }
      },
      // @ts-expect-error: three of two.
      () => two.tell(0, [1, 2, 3]),
      // @ts-expect-error: one of two.
      () => two.tell(0, 1),
      // @ts-expect-error: two of one.
      () => one.tell(0, [1, 2]),
      // @ts-expect-error: one of two.
      () => two.optimize(() => 1),
      // @ts-expect-error: three of two.
      () => two.optimize(() => [1, 2, 3]),
      // @ts-expect-error: a misspelled one.
      () => two.optimize(() => ({ quality: 1, cent: 2 })),
      // @ts-expect-error: two of one.
      () => one.optimize(() => [1, 2]),
      // @ts-expect-error: one of two.
      () => two.addTrial({ params: { rate: 1, opt: 'sgd' }, values: { quality: 1 } }),
      // @ts-expect-error: a misspelled one.
      async () => (await two.bestTrials())[0]?.values.qualty,
      // @ts-expect-error: a misspelled one.
      () => two.importance({ objective: 'qualty' }),
      // @ts-expect-error: a misspelled one.
      () => two.on('improved', ({ values }) => values.cent),
    ];
    expectTypeOf(refused).toBeArray();
  });

  test('best() of several objectives', async () => {
    const refused = [
      // @ts-expect-error: none is best.
      () => two.best(),
      async () => {
        const study = await createStudy({ objectives: { a: 'minimize', b: 'minimize' }, space });
        // @ts-expect-error: none is best.
        return study.best();
      },
    ];
    expectTypeOf(refused).toBeArray();
    expectTypeOf(() => one.best()).toBeFunction();
    expectTypeOf(() => loss.best()).toBeFunction();
  });
});

// Never called. The same things, right.
describe('the compiler accepts', () => {
  test('every form of the names, options and values above', () => {
    const text: string = 'a.db';
    const accepted = [
      () =>
        createStudy({
          direction,
          space,
          sampler: 'tpe',
          pruner: asha({ reductionFactor: 4 }),
          storage: text,
        }),
      () =>
        createStudy({ direction, space, sampler: { name: 'tpe', startupTrials: 10 }, storage: 'sqlite:x' }),
      () =>
        createStudy({ direction, space, sampler: { name: 'tpe', startup_trials: 10 }, storage: 'a.sqlite3' }),
      () => createStudy({ direction, pruner: { name: 'patient', around: { name: 'median', minTrials: 2 } } }),
      async () => createStudy({ direction, space, storage: await openStorage('memory:') }),
      () => createStudy({ directions: ['minimize', 'maximize'], metrics: ['a', 'b'], space }),
      () =>
        one.run({ trials: '+30', concurrency: 8, trialTimeout: '30s', retries: { times: 3, delay: '2s' } }),
      () => one.run({ totalTrials: 30, timeout: 5000, trialTimeout: '1h30m', retries: 2 }),
      () => one.optimize(() => 1, { trials: 30, catch: true }),
      () => two.optimize(() => [1, 2]),
      () => two.optimize(async () => ({ quality: 1, cents: 2, seconds: 3 })),
      () => two.tell(0, { quality: 1, cents: 2 }),
      () => one.tell(0, { state: 'pruned', values: [1] }),
      () => one.front(),
      () => listStudies('a.db'),
      async () => {
        for await (const trial of loss.run()) await trial.complete({ loss: 1 });
        for await (const trial of loss.run()) await trial.complete(1);
      },
    ];
    expectTypeOf(accepted).toBeArray();
  });

  test('the sketch of a loop, with the types of its parts', async () => {
    const sketch = async () => {
      await using study = await createStudy({
        ...{ name: 'prompt', storage: 'tune.db', loadIfExists: true },
        objectives: { quality: 'maximize', cents: 'minimize' },
        space,
        sampler: tpe({ startupTrials: 10 }),
      });
      expectTypeOf(study).toEqualTypeOf<Study<P, 'quality' | 'cents'>>();
      for await (const trial of study.run({ trials: '+30' })) {
        expectTypeOf(trial.params).toEqualTypeOf<P>();
        expectTypeOf(trial.signal).toEqualTypeOf<AbortSignal>();
        trial.attrs.set({ tokens: 3 });
        await trial.complete({ quality: 1, cents: 2 });
      }
      const [best] = await study.bestTrials();
      expectTypeOf(best?.values).toEqualTypeOf<Readonly<Record<'quality' | 'cents', number>> | undefined>();
    };
    expectTypeOf(sketch).toBeFunction();
  });
});

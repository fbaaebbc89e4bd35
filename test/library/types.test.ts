import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  type AskedTrial,
  asha,
  type CreateStudyOptions,
  categorical,
  createStudy,
  epochs,
  float,
  int,
  type LibraryStudy,
  loadStudy,
  median,
  type Params,
  type ParamValue,
  type Sampler,
  type Study,
  type Trial,
} from '../../src/index.js';
import type { GivenOptions } from '../../src/library/types.js';
import { closing } from './support.js';

const space = {
  rate: float(1e-5, 1e-1, { log: true }),
  layers: int(1, 4),
  opt: categorical(['sgd', 'adam']),
  size: categorical([16, 32, null]),
};
type Expected = {
  readonly rate: number;
  readonly layers: number;
  readonly opt: 'sgd' | 'adam';
  readonly size: 16 | 32 | null;
};

// Checked by the compiler (npm run check:types); what runs is only to have the types of what is real.
describe('types', () => {
  test('a declared space gives the parameters their types', async () => {
    const study = await closing(createStudy({ direction: 'minimize', space, sampler: 'random' }));
    expectTypeOf(study).toEqualTypeOf<Study<Expected>>();
    // The old name of the type.
    expectTypeOf(study).toEqualTypeOf<LibraryStudy<Expected>>();
    await study.optimize(
      ({ params }) => {
        expectTypeOf(params.rate).toEqualTypeOf<number>();
        expectTypeOf(params.opt).toEqualTypeOf<'sgd' | 'adam'>();
        expectTypeOf(params.size).toEqualTypeOf<16 | 32 | null>();
        // @ts-expect-error: no parameter is called so.
        params.momentum;
        // @ts-expect-error: it is no choice.
        if (params.opt === 'rmsprop') return 1;
        // @ts-expect-error: parameters are not to be changed.
        params.layers = 3;
        return params.rate;
      },
      { trials: 1, onTrialEnd: ({ params }) => expectTypeOf(params).toEqualTypeOf<Expected>() },
    );
    expectTypeOf(await study.ask(2)).toEqualTypeOf<readonly AskedTrial<Expected>[]>();
    const asked = await study.ask();
    expectTypeOf(asked.params).toEqualTypeOf<Expected>();
    expectTypeOf((await study.best())?.params).toEqualTypeOf<Expected | undefined>();
    expectTypeOf((await study.trials())[0]?.params).toEqualTypeOf<Expected | undefined>();
    await study.enqueue({ opt: 'adam' });
    // @ts-expect-error: it is no choice.
    await study.enqueue({ opt: 'rmsprop' }).catch(() => {});
    // @ts-expect-error: the parameter has another name.
    await study.enqueue({ lr: 0.1 }).catch(() => {});
  });

  test('without a space they are what trials name, and suggestions have types of their own', async () => {
    const study = await closing(createStudy({ direction: 'minimize' }));
    expectTypeOf(study).toEqualTypeOf<Study<Params>>();
    await study.optimize(
      (trial) => {
        expectTypeOf(trial).toEqualTypeOf<Trial>();
        expectTypeOf(trial.params.x).toEqualTypeOf<ParamValue | undefined>();
        expectTypeOf(trial.suggestFloat('x', 0, 1)).toEqualTypeOf<number>();
        expectTypeOf(trial.suggestInt('n', 0, 1)).toEqualTypeOf<number>();
        expectTypeOf(trial.suggestCategorical('opt', ['sgd', 'adam'])).toEqualTypeOf<'sgd' | 'adam'>();
        expectTypeOf(trial.suggestCategorical('size', [16, null])).toEqualTypeOf<16 | null>();
        expectTypeOf(trial.shouldPrune()).toEqualTypeOf<Promise<boolean>>();
        return 1;
      },
      { trials: 1 },
    );
  });

  test('options that are put together elsewhere need no types', async () => {
    const options: CreateStudyOptions = { direction: 'minimize', space, sampler: 'random' };
    const study = await closing(createStudy(options));
    // Nobody knows how many objectives there are.
    expectTypeOf(study).toEqualTypeOf<Study<Params, string>>();
    const same: Study = study;
    expectTypeOf(same).toEqualTypeOf<Study<Params>>();
    expectTypeOf((await study.ask()).params.rate).toEqualTypeOf<ParamValue | undefined>();
  });

  test('what is no objective, option or space is refused by the compiler', async () => {
    const study = await closing(createStudy({ direction: 'minimize', space, sampler: 'random' }));
    // Never called: only their types matter.
    const refused = [
      // @ts-expect-error: text is no value.
      () => study.optimize(() => 'low'),
      // @ts-expect-error: nothing is returned.
      () => study.optimize(() => {}),
      // @ts-expect-error: +N is text.
      () => study.optimize(() => 1, { trials: 'twenty' }),
      // @ts-expect-error: Optuna's name.
      () => study.optimize(() => 1, { n_trials: 20 }),
      // @ts-expect-error: there is no such direction.
      () => createStudy({ direction: 'up', space }),
      // @ts-expect-error: a range is made by float or int.
      () => createStudy({ direction: 'minimize', space: { x: [0, 1] } }),
      // @ts-expect-error: a proposal has parameters.
      (): Sampler => ({ sample: async () => ({ x: 1 }) }),
      // @ts-expect-error: a choice is text, a number, true, false or null.
      () => categorical([{ a: 1 }]),
      // @ts-expect-error: where a study lives is not guessed.
      () => loadStudy({ name: 's' }),
    ];
    expectTypeOf(refused).toBeArray();
  });

  test('two goals, or none, are refused by a property whose name says what is expected', () => {
    type One = GivenOptions<typeof space, string, 'minimize', undefined, 'objective', readonly []>;
    type Two = GivenOptions<typeof space, string, 'minimize', { loss: 'minimize' }, 'objective', readonly []>;
    type None = GivenOptions<typeof space, string, undefined, undefined, 'objective', readonly []>;
    const name = 'expected exactly one of direction and objectives';
    expectTypeOf<typeof name>().toExtend<keyof Two>();
    expectTypeOf<typeof name>().toExtend<keyof None>();
    expectTypeOf<typeof name>().not.toExtend<keyof One>();
  });

  test('schedulers have typed names and options, and pruners are schedulers that only stop', async () => {
    const made = async (options: Pick<CreateStudyOptions, 'scheduler' | 'pruner' | 'maxSteps'>) =>
      closing(createStudy({ direction: 'minimize', space, sampler: 'random', ...options }));
    await made({ scheduler: 'asha', maxSteps: 9 });
    await made({ scheduler: { name: 'hyperband', reductionFactor: 4 } });
    await made({ scheduler: asha({ reductionFactor: 4, minSteps: 2 }) });
    await made({ scheduler: epochs({ steps: 2, keep: 1 }) });
    await made({ scheduler: median({ startupTrials: 3 }) });
    await made({ pruner: asha() });
    await made({ pruner: asha({ startupTrials: 3 }) });
    const refused = [
      // @ts-expect-error: no scheduler is called so.
      () => made({ scheduler: 'ahsa' }),
      // @ts-expect-error: the option has another name.
      () => made({ scheduler: { name: 'asha', reductionFaktor: 3 } }),
      // @ts-expect-error: the option has another name.
      () => made({ scheduler: epochs({ step: 2 }) }),
      // @ts-expect-error: the scheduler of this name has no such option.
      () => made({ scheduler: asha({ startupTrials: 3 }) }),
      // @ts-expect-error: a number is no text.
      () => made({ scheduler: 'asha', maxSteps: '9' }),
      // @ts-expect-error: no pruner is called so.
      () => made({ pruner: 'epochs' }),
      // @ts-expect-error: an object without the functions of a scheduler.
      () => made({ scheduler: { next: () => null } }),
    ];
    for (const each of refused) await expect(each()).rejects.toThrow(/error|expected|no /);
  });

  test('a trial has its steps and its checkpoint', async () => {
    const study = await closing(
      createStudy({ direction: 'minimize', space, sampler: 'random', maxSteps: 3 }),
    );
    for await (const trial of study.run({ trials: '+1', budget: { steps: 9 } })) {
      expectTypeOf(trial.startStep).toEqualTypeOf<number>();
      expectTypeOf(trial.targetStep).toEqualTypeOf<number | null>();
      await trial.checkpoint.save({ weights: [1, 2] });
      expectTypeOf(await trial.checkpoint.load<{ weights: number[] }>()).toEqualTypeOf<{
        weights: number[];
      } | null>();
      // @ts-expect-error: nothing to save.
      await trial.checkpoint.save(undefined).catch(() => {});
      await trial.complete(1);
    }
    // @ts-expect-error: a budget is of steps.
    expect(() => study.run({ budget: { epochs: 9 } })).toThrow('expected budget');
  });
});

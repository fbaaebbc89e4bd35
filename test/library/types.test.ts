import { describe, expectTypeOf, test } from 'vitest';
import {
  type CreateStudyOptions,
  categorical,
  createStudy,
  float,
  int,
  type LibraryStudy,
  loadStudy,
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
});

import { describe, expectTypeOf, test } from 'vitest';
import {
  categorical,
  copyStudy,
  createStudy,
  deleteStudy,
  float,
  int,
  listStudies,
  loadStudy,
  openStorage,
  type Study,
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

// Checked by the compiler (npm run check:types): nothing here is called.
describe('the compiler refuses', () => {
  test('wrong durations and budgets', () => {
    const refused = [
      // @ts-expect-error: no unit of time.
      () => one.run({ trialTimeout: '30 parsecs' }),
      // @ts-expect-error: no unit.
      () => one.run({ trialTimeout: '30' }),
      // @ts-expect-error: no number.
      () => one.run({ timeout: 'soon' }),
      // @ts-expect-error: a unit in words.
      () => one.run({ timeout: '30 seconds' }),
      // @ts-expect-error: a wrong delay.
      () => one.run({ retries: { times: 3, delay: '2 sec' } }),
      // @ts-expect-error: true is no duration.
      () => one.optimize(() => 1, { timeout: true }),
      // @ts-expect-error: +N is text.
      () => one.run({ trials: 'thirty' }),
      // @ts-expect-error: a total is a number.
      () => one.run({ totalTrials: '30' }),
    ];
    expectTypeOf(refused).toBeArray();
  });

  test('wrong choices and parameters', () => {
    const refused = [
      // @ts-expect-error: a choice.
      () => one.enqueue({ opt: 'rmsprop' }),
      // @ts-expect-error: a parameter.
      () => one.enqueue({ lr: 0.1 }),
      // @ts-expect-error: a choice.
      () => one.addTrial({ params: { rate: 1, opt: 'rmsprop' }, values: 1 }),
      // @ts-expect-error: without a parameter.
      () => one.addTrial({ params: { rate: 1 }, values: 1 }),
      // @ts-expect-error: a condition on no choice.
      () => createStudy({ direction, space: { opt: space.opt, m: float(0, 1).when({ opt: 'sdg' }) } }),
      // @ts-expect-error: a condition on no parameter.
      () => createStudy({ direction, space: { opt: space.opt, m: float(0, 1).when({ optt: 'sgd' }) } }),
      // @ts-expect-error: a condition of another kind.
      () => createStudy({ direction, space: { n: int(1, 4), m: float(0, 1).when({ n: 'one' }) } }),
      // @ts-expect-error: a range is made by float or int.
      () => createStudy({ direction, space: { x: [0, 1] } }),
      // @ts-expect-error: a choice is text, a number, true, false or null.
      () => categorical([{ a: 1 }]),
      // @ts-expect-error: a range has numbers.
      () => float('0', 1),
      async () => {
        for await (const { params } of one.run()) {
          // @ts-expect-error: a choice.
          if (params.opt === 'rmsprop') return;
          // @ts-expect-error: a parameter.
          params.lr;
          // @ts-expect-error: some trials have none.
          params.momentum.toFixed();
          // @ts-expect-error: parameters are not to be changed.
          params.rate = 1;
        }
      },
    ];
    expectTypeOf(refused).toBeArray();
  });

  test('unknown kinds of storage', () => {
    const refused = [
      // @ts-expect-error: another database.
      () => createStudy({ direction, space, storage: 'redis://localhost' }),
      // @ts-expect-error: no such ending.
      () => createStudy({ direction, space, storage: 'tune.dbb' }),
      // @ts-expect-error: a number.
      () => createStudy({ direction, space, storage: 3 }),
      // @ts-expect-error: an object that openStorage did not make.
      () => createStudy({ direction, space, storage: { url: 'memory:' } }),
      // @ts-expect-error: another database.
      () => loadStudy({ name: 's', storage: 'mysql://localhost' }),
      // @ts-expect-error: where a study lives is not guessed.
      () => loadStudy({ name: 's' }),
      // @ts-expect-error: no such ending.
      () => openStorage('tune.txt'),
      // @ts-expect-error: no such ending.
      () => listStudies({ storage: 'tune.txt' }),
      // @ts-expect-error: no name.
      () => deleteStudy({ storage: 'tune.db' }),
      // @ts-expect-error: no target.
      () => copyStudy({ name: 'a', storage: 'tune.db' }),
    ];
    expectTypeOf(refused).toBeArray();
  });
});

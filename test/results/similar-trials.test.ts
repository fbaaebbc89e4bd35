import { expect, test } from 'vitest';
import { categorical, float } from '../../src/core/distribution.js';
import { similarTrials } from '../../src/results/similar-trials.js';
import { complete, inputOf, type MadeTrial, study } from '../plots/support.js';

const params = [
  { name: 'lr', distribution: float(1e-4, 1, { log: true }) },
  { name: 'opt', distribution: categorical(['sgd', 'adam']) },
  { name: 'momentum', distribution: float(0, 1), when: { opt: ['sgd'] } },
];
const failed: MadeTrial = { ...complete({ lr: 0.01, opt: 'adam' }, 0), state: 'fail', values: null };
const running: MadeTrial = { ...failed, state: 'running' };

function similarTo(trial: number, trials: readonly MadeTrial[], most = 9) {
  return similarTrials(inputOf({ ...study(trials), params }).results, trial, most);
}

test('the most similar come first: by shares of the range, of the logarithm where that is searched', () => {
  const trials = [
    failed,
    complete({ lr: 1, opt: 'adam' }, 1),
    complete({ lr: 0.01, opt: 'sgd', momentum: 0.5 }, 1),
    complete({ lr: 0.1, opt: 'adam' }, 1),
    failed,
    running,
  ];
  expect(similarTo(0, trials)).toEqual([
    { trial: 4, distance: 0, differing: {} },
    { trial: 3, distance: expect.closeTo(1 / 12), differing: { lr: 0.1 } },
    { trial: 1, distance: expect.closeTo(1 / 6), differing: { lr: 1 } },
    { trial: 2, distance: expect.closeTo(2 / 3), differing: { opt: 'sgd', momentum: 0.5 } },
  ]);
  expect(similarTo(2, trials, 1)).toEqual([
    { trial: 0, distance: expect.closeTo(2 / 3), differing: { opt: 'adam', momentum: null } },
  ]);
  expect(similarTo(0, [failed])).toEqual([]);
});

import { expect, test } from 'vitest';
import { categorical, type Distribution, float } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, type Space } from '../../src/core/space.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import { config, loadSampler, viewOf } from './support.js';

const auto = await loadSampler('auto');
const space = (count: number, distribution: Distribution = float(0, 1)): Space =>
  makeSpace(Array.from({ length: count }, (_, k) => ({ name: `x${k}`, distribution })));

/** Each better than the one before, but for the last `idle`. */
function past(of: Space, count: number, idle = 0): StudyView {
  const rng = makeRng(1, 'past');
  const params = () => Object.fromEntries(of.params.map(({ name }) => [name, rng.float()]));
  const value = (k: number) => (k < count - idle ? 1 - k / count : 2 + rng.float());
  return viewOf(Array.from({ length: count }, (_, k) => config(k, params(), { value: value(k) })));
}

function ask(of: Space, view: StudyView, sampler = auto) {
  const index = view.configs.length;
  const proposal = sampler.sample(of, view, { index, rng: makeRng(1, 'ask', index) });
  if ('exhausted' in proposal) throw new Error(proposal.exhausted);
  return proposal;
}

test.each([
  ['few trials', 'gp', space(3), past(space(3), 20), 'fewer than 300'],
  [
    'few trials and nothing better for a while, in odd places',
    'tpe',
    space(3),
    past(space(3), 21, 8),
    'nothing better',
  ],
  ['the same in even places', 'gp', space(3), past(space(3), 22, 9), 'fewer than 300'],
  ['a rest that is short for so many trials', 'gp', space(3), past(space(3), 101, 14), 'fewer than 300'],
  ['many trials', 'tpe', space(2), past(space(2), 300), '300 finished configurations or more'],
  ['many parameters', 'tpe', space(61), viewOf([]), 'more than 60 parameters'],
  [
    'parameters of one value, which do not count',
    'gp',
    space(61, categorical(['a'])),
    viewOf([]),
    'at most 60',
  ],
  ['two objectives', 'gp', space(2), viewOf([], ['minimize', 'maximize']), 'at most 60'],
  [
    'four objectives',
    'tpe',
    space(2),
    viewOf([], ['minimize', 'minimize', 'minimize', 'minimize']),
    'more than 3 objectives',
  ],
])('with %s it picks %s, says why, and proposes the same', async (_, picked, of, view, why) => {
  const { params, attrs } = ask(of, view);
  expect(attrs).toMatchObject({ picked, why: expect.stringContaining(why) as string });
  const alone = ask(of, view, await loadSampler(picked));
  expect(params).toEqual(alone.params);
  // What the picked sampler must find again is kept.
  expect(attrs).toMatchObject(alone.attrs ?? {});
});

test('failures do not count as history', () => {
  const of = space(1);
  const failed = Array.from({ length: 400 }, (_, k) =>
    config(k, { x0: k / 400 }, { state: 'fail', value: null }),
  );
  expect(ask(of, viewOf(failed)).attrs).toMatchObject({ picked: 'gp' });
});

test('a paused trial that reports what a complete one did is a result that is no better, any other is none', () => {
  const of = space(1);
  const losses = [0.9, 0.7, 0.4];
  const steps = (reached: number, by = 0) => new Map(losses.slice(0, reached).map((v, t) => [t + 1, v + by]));
  const complete = config(0, { x0: 0.5 }, { value: 0.4 });
  const trial = { number: 0, state: 'complete' as const, values: [0.4], steps: steps(3) };
  const paused = (k: number, by: number): ConfigView => ({
    ...config(k, { x0: 0.5 + k / 100 }, { state: 'running', value: null }),
    trials: [{ number: k, state: 'running', values: null, steps: steps(2, by), pausedAt: 2 }],
  });
  const study = (by: number) => ({
    ...viewOf([{ ...complete, trials: [trial] }, ...Array.from({ length: 8 }, (_, k) => paused(k + 1, by))]),
    maxSteps: 3,
  });
  expect(ask(of, study(0)).attrs).toMatchObject({ picked: 'tpe' });
  expect(ask(of, study(0.01)).attrs).toMatchObject({ picked: 'gp' });
});

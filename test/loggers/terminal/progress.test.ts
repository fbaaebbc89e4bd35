import { expect, test } from 'vitest';
import { Progress, type Start } from '../../../src/loggers/terminal/progress.js';
import { finished, reported, started } from '../support.js';

const start: Start = {
  objectives: [{ metric: 'acc', direction: 'maximize' }],
  total: 10,
  done: 2,
  results: [],
  slots: 2,
};

test('counts what ends, failures too, on top of what was done before', () => {
  const progress = new Progress(start);
  expect(progress.countText()).toBe('2/10');
  progress.note(finished(2), 0);
  progress.note(finished(3, { state: 'fail', values: null }), 0);
  progress.note({ type: 'trial-queued', trial: 4, reason: 'interrupted' }, 0);
  expect(progress.countText()).toBe('4/10');
  expect(new Progress({ ...start, total: null }).countText()).toBe('2');
});

test('the best is the best complete value in the direction of the study, earlier ones counted', () => {
  const progress = new Progress({ ...start, results: [{ values: [0.8], trial: 1 }] });
  progress.note(finished(2, { values: [0.7] }), 0);
  progress.note(finished(3, { state: 'pruned', values: [0.99] }), 0);
  expect(progress.bestText()).toBe('best acc=0.8 (trial 1)');
  progress.note(finished(4, { values: [0.81] }), 0);
  // An equal one does not take the place of the first.
  progress.note(finished(5, { values: [0.81] }), 0);
  expect(progress.bestText()).toBe('best acc=0.81 (trial 4)');
  const low = new Progress({ ...start, objectives: [{ metric: 'acc', direction: 'minimize' }] });
  expect(low.bestText()).toBe('no result yet');
  for (const [trial, value] of [3, 1, 2].entries()) low.note(finished(trial, { values: [value] }), 0);
  expect(low.bestText()).toBe('best acc=1 (trial 1)');
});

test('with several objectives the front is what none is better than, with the best of the first objective', () => {
  const objectives = [
    { metric: 'acc', direction: 'maximize' },
    { metric: 'size', direction: 'minimize' },
  ] as const;
  const progress = new Progress({ ...start, objectives, results: [{ values: [0.8, 10], trial: 1 }] });
  expect(progress.bestText()).toBe('front of 1, best acc=0.8 (trial 1)');
  progress.note(finished(2, { values: [0.7, 5] }), 0);
  progress.note(finished(3, { values: [0.7, 6] }), 0);
  progress.note(finished(4, { values: [0.7, 5] }), 0);
  expect(progress.bestText()).toBe('front of 2, best acc=0.8 (trial 1)');
  progress.note(finished(5, { values: [0.9, 5] }), 0);
  expect(progress.bestText()).toBe('front of 1, best acc=0.9 (trial 5)');
});

test('a running trial shows its newest step, and its final values when they come', () => {
  const progress = new Progress(start);
  progress.note(started(7), 500);
  progress.note(reported(7, ['loss', 1, 0.5], ['loss', 2, 0.25], ['acc', 2, 0.9]), 0);
  expect(progress.running.get(7)).toEqual({
    device: 'cpu',
    startedAtMs: 500,
    gpu: '',
    text: 'step 2  loss=0.25 acc=0.9',
  });
  progress.note(reported(7, ['acc', null, 0.95]), 0);
  expect(progress.running.get(7)?.text).toBe('acc=0.95');
  // A report that comes after the end changes nothing.
  progress.note(finished(7), 0);
  progress.note(reported(7, ['acc', 3, 1]), 0);
  expect(progress.running.size).toBe(0);
});

test('less than a second left is not told in milliseconds', () => {
  const progress = new Progress({ ...start, total: 3, done: 0 });
  progress.note(finished(0, { durationMs: 40 }), 0);
  expect(progress.leftText()).toBe('less than 1 s left');
});

test('the time left comes from the mean duration, the slots and what runs', () => {
  const progress = new Progress({ ...start, total: 12, done: 0 });
  expect(progress.leftText()).toBe('');
  progress.note(finished(0, { durationMs: 10_000 }), 0);
  progress.note(finished(1, { durationMs: 30_000 }), 0);
  // Ten left of 20 s each on two slots.
  expect(progress.leftText()).toBe('about 1 min 40 s left');
  progress.note(started(2), 0);
  progress.note(started(3), 0);
  // Two of them are half done on average.
  expect(progress.leftText()).toBe('about 1 min 30 s left');
  const done = new Progress({ ...start, total: 3 });
  done.note(finished(2), 0);
  expect(done.leftText()).toBe('');
  const endless = new Progress({ ...start, total: null });
  endless.note(finished(2), 0);
  expect(endless.leftText()).toBe('');
});

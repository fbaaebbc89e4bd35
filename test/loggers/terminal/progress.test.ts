import { expect, test } from 'vitest';
import { Progress, type ProgressStart } from '../../../src/loggers/terminal/progress.js';
import { finished, reported, started } from '../support.js';

const start: ProgressStart = {
  objectives: [{ metric: 'acc', direction: 'maximize' }],
  total: 10,
  done: 2,
  paused: [],
  repeats: 1,
  configurations: [],
  slots: 2,
  timeoutMs: null,
  startedAtMs: 0,
};

const ended = (number: number, values: readonly number[]) =>
  ({ number, state: 'complete', values, violations: [] }) as const;

test('counts what ends, failures too, on top of what was done before', () => {
  const progress = new Progress(start);
  expect(progress.countText()).toBe('2/10');
  progress.note(finished(2), 0);
  progress.note(finished(3, { state: 'fail', values: null }), 0);
  progress.note({ type: 'trial-requeued', trial: 4, reason: 'interrupted' }, 0);
  expect(progress.countText()).toBe('4/10');
  expect(new Progress({ ...start, total: null }).countText()).toBe('2');
});

test('a configuration that is completed beyond the total raises what is shown', () => {
  const progress = new Progress({ ...start, total: 3, repeats: 2 });
  progress.note(finished(2, { state: 'pruned' }), 0);
  progress.note(finished(3), 0);
  expect(progress.countText()).toBe('4/4');
});

test('the best is the best complete value in the direction of the study, earlier ones counted', () => {
  const progress = new Progress({ ...start, configurations: [{ number: 1, trials: [ended(1, [0.8])] }] });
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

test('with repeats a configuration is shown by its mean, once all of them have ended', () => {
  const progress = new Progress({
    ...start,
    repeats: 3,
    configurations: [
      { number: 0, trials: [ended(0, [0.5]), ended(1, [0.6])] },
      { number: null, trials: [ended(9, [0.99])] },
    ],
  });
  const end = (trial: number, configuration: number, more: Parameters<typeof finished>[1]) => {
    progress.note(started(trial, { configuration, repeat: trial % 3 }), 0);
    progress.note(finished(trial, more), 0);
  };
  // Another program's has no repeats to wait for, and comes after any that is whole.
  expect(progress.bestText()).toBe('best acc=0.99 (trial 9)');
  end(2, 0, { values: [0.7] });
  expect(progress.bestText()).toBe('best acc=0.6 (mean of trials 0, 1, 2)');
  // A lucky seed.
  end(3, 1, { values: [1] });
  end(4, 1, { values: [0.1] });
  expect(progress.bestText()).toBe('best acc=0.6 (mean of trials 0, 1, 2)');
  end(5, 1, { values: [0.1] });
  // Where a repeat failed, the mean is of fewer: behind all that are whole.
  end(6, 2, { values: [1] });
  end(7, 2, { values: [1] });
  end(8, 2, { state: 'fail', values: null });
  expect(progress.bestText()).toBe('best acc=0.6 (mean of trials 0, 1, 2)');
  for (const trial of [10, 11, 12]) end(trial, 3, { values: [0.9] });
  expect(progress.bestText()).toBe('best acc=0.9 (mean of trials 10, 11, 12)');
});

test('what breaks a limit is never shown as the best', () => {
  const progress = new Progress(start);
  progress.note(finished(1, { values: [0.9], feasible: false, violations: [0.5] }), 0);
  expect(progress.bestText()).toBe('no result yet');
  progress.note(finished(2, { values: [0.1], violations: [-1] }), 0);
  progress.note(finished(3, { values: [0.8], feasible: false, violations: [0.5] }), 0);
  expect(progress.bestText()).toBe('best acc=0.1 (trial 2)');
});

test('with several objectives the front is what none is better than, with the best of the first objective', () => {
  const objectives = [
    { metric: 'acc', direction: 'maximize' },
    { metric: 'size', direction: 'minimize' },
  ] as const;
  const progress = new Progress({
    ...start,
    objectives,
    configurations: [{ number: 1, trials: [ended(1, [0.8, 10])] }],
  });
  expect(progress.bestText()).toBe('front of 1, best acc=0.8 (trial 1)');
  progress.note(finished(2, { values: [0.7, 5] }), 0);
  progress.note(finished(3, { values: [0.7, 6] }), 0);
  // As in `hpo best`, equal ones are on the front together.
  progress.note(finished(4, { values: [0.7, 5] }), 0);
  expect(progress.bestText()).toBe('front of 3, best acc=0.8 (trial 1)');
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
    params: 'learner.opt=adam batch_size=32',
    objective: [0.9],
    step: 2,
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
  expect(progress.leftText(0)).toBe('ETA less than 1 s');
});

test('the time left comes from the mean duration, the slots and what runs', () => {
  const progress = new Progress({ ...start, total: 12, done: 0 });
  expect(progress.leftText(0)).toBe('');
  progress.note(finished(0, { durationMs: 10_000 }), 0);
  progress.note(finished(1, { durationMs: 30_000 }), 0);
  // Ten left of 20 s each on two slots.
  expect(progress.leftText(0)).toBe('ETA 1 min 40 s');
  progress.note(started(2), 0);
  progress.note(started(3), 0);
  // Two of them are half done on average.
  expect(progress.leftText(0)).toBe('ETA 1 min 30 s');
  const done = new Progress({ ...start, total: 3 });
  done.note(finished(2), 0);
  expect(done.leftText(0)).toBe('');
  const endless = new Progress({ ...start, total: null });
  endless.note(finished(2), 0);
  expect(endless.leftText(0)).toBe('');
});

test('where trials are paused the time left is that of trials that are not begun, by what those that are have taken', () => {
  const progress = new Progress({ ...start, total: 12, done: 0 });
  const pause = (trial: number, durationMs: number) =>
    progress.note({ type: 'trial-paused', trial, step: 1, reason: '', durationMs }, 0);
  for (const trial of [0, 1, 2]) pause(trial, 6000);
  // Nine to begin, of 6 s each, on two slots.
  expect(progress.leftText(0)).toBe('ETA 27.0 s');
  progress.note(started(0, { attempt: 2 }), 0);
  // The attempt that continues counts as half of one.
  expect(progress.leftText(0)).toBe('ETA 28.5 s');
  progress.note(finished(0, { durationMs: 18_000 }), 0);
  // Three trials have taken 36 s.
  expect(progress.leftText(0)).toBe('ETA 54.0 s');
  for (let trial = 3; trial < 12; trial++) pause(trial, 6000);
  expect(progress.leftText(0)).toBe('');
});

test('a sweep that stops by a timeout first has the time until then left', () => {
  const progress = new Progress({ ...start, total: 12, done: 0, timeoutMs: 60_000, startedAtMs: 1000 });
  expect(progress.leftText(1000)).toBe('ETA 1 min 00 s (timeout)');
  progress.note(finished(0, { durationMs: 20_000 }), 21_000);
  // Eleven left of 20 s each on two slots would take 110 s.
  expect(progress.leftText(21_000)).toBe('ETA 40.0 s (timeout)');
  expect(progress.leftText(61_000)).toBe('');
  progress.note(
    { type: 'limits-changed', limits: { timeoutMs: null, maxConcurrent: 11 }, total: 12 },
    21_000,
  );
  expect(progress.leftText(21_000)).toBe('ETA 20.0 s');
  progress.note({ type: 'limits-changed', limits: {}, total: 2 }, 21_000);
  expect(progress.leftText(21_000)).toBe('ETA 1.8 s');
  const endless = new Progress({ ...start, total: null, timeoutMs: 5000 });
  expect(endless.leftText(2000)).toBe('ETA 3.0 s (timeout)');
});

test('a paused trial runs in no slot and is counted until it ends or continues, where its curve continues', () => {
  const progress = new Progress({ ...start, paused: [7] });
  const report = (trial: number, step: number) => progress.note(reported(trial, ['acc', step, step / 10]), 0);
  const pause = (trial: number, step: number) =>
    progress.note({ type: 'trial-paused', trial, step, reason: '', durationMs: 10 }, 0);
  expect(progress.pausedText()).toBe('1 paused');
  progress.note(started(2), 0);
  for (const step of [1, 2, 3]) report(2, step);
  pause(2, 3);
  expect([progress.pausedText(), progress.running.size, progress.countText()]).toEqual([
    '2 paused',
    0,
    '2/10',
  ]);
  progress.note(started(2, { attempt: 2 }), 0);
  report(2, 4);
  expect(progress.running.get(2)?.objective).toEqual([0.1, 0.2, 0.3, 0.4]);
  expect([progress.pausedText(), progress.stepOf(2)]).toEqual(['1 paused', 4]);
  progress.note(finished(2), 0);
  // At the end of the sweep what is still paused is pruned.
  progress.note(finished(7, { state: 'pruned' }), 0);
  expect([progress.pausedText(), progress.endedText(), progress.countText()]).toEqual([
    '',
    '1 pruned',
    '4/10',
  ]);
});

test('the share of the budget that is spent is shown once it is known', () => {
  const progress = new Progress(start);
  expect(progress.budgetText()).toBe('');
  progress.note({ type: 'budget-spent', what: 'hours', spent: 2.99, max: 8 }, 0);
  expect(progress.budgetText()).toBe('37 % of the hours spent');
});

import { expect, test } from 'vitest';
import { makePlainView } from '../../../src/loggers/terminal/plain.js';
import { Progress } from '../../../src/loggers/terminal/progress.js';
import { finished, reported, started } from '../support.js';

function plain({ repeats = 1 } = {}) {
  const lines: string[] = [];
  const clock = { ms: 0 };
  const progress = new Progress({
    objectives: [{ metric: 'acc', direction: 'maximize' }],
    total: 2,
    done: 0,
    paused: [],
    repeats,
    configurations: [],
    slots: 1,
    timeoutMs: null,
    startedAtMs: 0,
  });
  return {
    lines,
    clock,
    view: makePlainView(
      progress,
      (line) => lines.push(line),
      () => clock.ms,
    ),
  };
}

test('tells what happens, and after each trial how far the sweep is', () => {
  const { lines, view } = plain();
  view.on(started(0));
  view.on(finished(0));
  view.on(finished(1, { state: 'fail', values: null, reason: 'exit code 1', tail: ['boom'] }));
  view.on({ type: 'sweep-finished', end: 'budget', detail: '', savings: null });
  view.log('done');
  view.close();
  expect(lines).toEqual([
    'trial 0 started on cpu: learner.opt=adam batch_size=32',
    'trial 0 COMPLETE with 0.9 after 12.3 s  [1/2, best acc=0.9 (trial 0), ETA 12.3 s]',
    'trial 1 FAIL after 12.3 s: exit code 1  [2/2, best acc=0.9 (trial 0)]',
    '  | boom',
    'done',
  ]);
});

test("a chatty trial's metrics are shown every five seconds, each trial's for itself", () => {
  const { lines, clock, view } = plain();
  for (let step = 0; step <= 12; step++) {
    clock.ms = step * 1000;
    view.on(reported(0, ['acc', step, step]));
    if (step === 3) view.on(reported(1, ['acc', 1, 5]));
  }
  expect(lines).toEqual([
    'trial 0 step 0: acc=0',
    'trial 1 step 1: acc=5',
    'trial 0 step 5: acc=5',
    'trial 0 step 10: acc=10',
  ]);
});

test('a trial says its seed where repeats differ by it, and nothing twice', () => {
  const { lines, view } = plain({ repeats: 2 });
  view.on(started(0));
  view.on(reported(0, ['acc', null, 0.9]));
  view.on(reported(0, ['acc', null, 0.9], ['size', null, 7]));
  expect(lines).toEqual([
    'trial 0 started on cpu: learner.opt=adam batch_size=32 seed=42',
    'trial 0 final: acc=0.9 size=7',
  ]);
});

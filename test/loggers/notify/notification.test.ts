import { expect, test } from 'vitest';
import { NOTIFIED } from '../../../src/config/logging-schema.js';
import { NOTIFICATION_PLACEHOLDERS } from '../../../src/config/notify.js';
import { plainSpec } from '../../../src/core/spec.js';
import { Notifications, textsOf } from '../../../src/loggers/notify/notification.js';
import type { SweepEvent } from '../../../src/study/events.js';
import { studyInfo } from '../stage.js';
import { finished, started } from '../support.js';

const NOW = Date.UTC(2024, 0, 2, 3, 4, 5, 6);
const END: SweepEvent = { type: 'sweep-finished', end: 'budget', detail: 'all 3', savings: null };
const minimize = (metric: string) => ({ metric, direction: 'minimize', reduce: 'last' }) as const;
const study = (metrics: readonly string[], repeats = 1) => ({
  ...studyInfo,
  name: 's',
  spec: { ...plainSpec(metrics.map(minimize), { params: [], constraints: [], order: [] }), repeats },
});

/** The events and texts of all notifications. */
function textsFor(
  of: ReturnType<typeof study>,
  events: readonly SweepEvent[],
  on: readonly (typeof NOTIFIED)[number][] = NOTIFIED,
) {
  const notifications = new Notifications(of, on, () => NOW);
  return events.flatMap((event) => notifications.note(event)).map(({ event, text }) => `${event} ${text}`);
}

test('improved: each trial that is the best so far; failed and finished', () => {
  const events = [0.5, 0.7, 0.25].flatMap((value, trial) => [
    started(trial, { params: { x: trial } }),
    finished(trial, { values: [value] }),
  ]);
  const failed = [started(3), finished(3, { state: 'fail', values: null, reason: 'exit code 1' })];
  expect(textsFor(study(['loss']), [...events, ...failed, END], ['finished', 'failed', 'improved'])).toEqual([
    'improved s: trial 0 improved loss to 0.5: x=0',
    'improved s: trial 2 improved loss to 0.25: x=2',
    'failed s: trial 3 failed: exit code 1',
    'finished s: sweep ended (budget): 3 complete, 0 pruned, 1 failed; best loss=0.25 (trial 2)',
  ]);
});

test('trial-finished: each trial; infeasible and pruned ones improve nothing', () => {
  const events = [
    finished(0, { values: [1], feasible: false, violations: [1] }),
    finished(1, { state: 'pruned', values: null, reason: 'too bad' }),
    finished(2, { values: [2] }),
  ];
  expect(textsFor(study(['loss']), events, ['improved', 'trial-finished'])).toEqual([
    'trial-finished s: trial 0 COMPLETE with 1',
    'trial-finished s: trial 1 PRUNED: too bad',
    'trial-finished s: trial 2 COMPLETE with 2',
    'improved s: trial 2 improved loss to 2',
  ]);
});

test('with repeats the mean of all counts, with several objectives the front', () => {
  const repeats = [3, 1, 2, 4].flatMap((value, trial) => [
    started(trial, { configuration: Math.floor(trial / 2), params: {} }),
    finished(trial, { values: [value] }),
  ]);
  expect(textsFor(study(['loss'], 2), repeats, ['improved'])).toEqual([
    'improved s: trial 1 improved loss to 2: ',
  ]);
  const front = [
    finished(0, { values: [1, 2] }),
    finished(1, { values: [2, 3] }),
    finished(2, { values: [2, 1] }),
  ];
  expect(textsFor(study(['a', 'b']), front, ['improved'])).toEqual([
    'improved s: trial 0 joined the Pareto front with a=1 b=2',
    'improved s: trial 2 joined the Pareto front with a=2 b=1',
  ]);
});

test('what was the best before the sweep is not improved by a worse trial', () => {
  const best = { number: 7, state: 'complete', values: [0.1], violations: [] } as const;
  const progress = { ...studyInfo.progress, configurations: [{ number: 7, trials: [best] }] };
  const notifications = new Notifications(
    { ...study(['loss']), progress },
    ['finished', 'improved'],
    () => NOW,
  );
  expect(notifications.note(finished(8, { values: [0.2] }))).toEqual([]);
  expect(notifications.note(END)).toMatchObject([
    { best: { trial: 7, values: [0.1] }, end: 'budget', detail: 'all 3' },
  ]);
});

test('a notification has every field, and each as a text', () => {
  const notifications = new Notifications(study(['loss']), ['improved'], () => NOW);
  notifications.note(started(4, { params: { x: 1, o: 'a' } }));
  const [made] = notifications.note(finished(4, { values: [0.5] }));
  expect(made).toEqual({
    version: 1,
    event: 'improved',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    at: '2024-01-02T03:04:05.006Z',
    study: 's',
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    text: 's: trial 4 improved loss to 0.5: x=1 o=a',
    trial: 4,
    params: { x: 1, o: 'a' },
    state: 'complete',
    values: [0.5],
    reason: null,
    end: null,
    detail: null,
    trials: { complete: 1, pruned: 0, fail: 0 },
    best: { trial: 4, values: [0.5] },
  });
  if (!made) throw new Error('expected a notification');
  const texts = textsOf(made);
  expect(Object.keys(texts).sort()).toEqual([...NOTIFICATION_PLACEHOLDERS].sort());
  expect(texts).toMatchObject({
    value: '0.5',
    params: '{"x":1,"o":"a"}',
    best_trial: '4',
    reason: '',
    complete: '1',
  });
});

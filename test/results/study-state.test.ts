import { expect, test } from 'vitest';
import type { StudyCall } from '../../src/core/study-calls.js';
import { readStudyState, type StudyStateFacts, studyState } from '../../src/results/study-state.js';

const ended = (end: string, endedAtMs = 10, startedAtMs = 1): StudyCall => ({
  owner: 'a',
  startedAtMs,
  endedAtMs,
  end,
  more: null,
});
const killed = (startedAtMs = 1): StudyCall => ({
  owner: 'k',
  startedAtMs,
  endedAtMs: null,
  end: null,
  more: null,
});
const facts = (more: Partial<StudyStateFacts>): StudyStateFacts => ({
  isPaused: false,
  owners: [],
  running: 0,
  waiting: 0,
  calls: [],
  ...more,
});

test.each<[expected: string, why: string, more: Partial<StudyStateFacts>]>([
  ['open', 'a study that no call ran, as of Optuna', {}],
  ['open', 'a study of Optuna whose trial runs', { running: 1 }],
  ['running', 'a process runs it', { owners: ['ended', 'alive'], calls: [killed()] }],
  ['running', 'a process of the library runs it, which records no call', { owners: ['alive'] }],
  ['paused', 'it is paused, whether somebody waits or not', { isPaused: true, owners: ['alive'] }],
  ['open', 'its process cannot be seen from here', { owners: ['unknown'], calls: [killed()] }],
  ['finished', 'its sweep reached its budget', { calls: [ended('budget')] }],
  [
    'finished',
    'a call that was killed was followed by one that ended',
    { calls: [killed(), ended('exhausted')], owners: ['ended'] },
  ],
  ['interrupted', 'its only call was killed', { calls: [killed()], owners: ['ended'] }],
  [
    'interrupted',
    'a call was killed after one that ended',
    { calls: [ended('budget'), killed(20)], owners: ['ended'] },
  ],
  ['interrupted', 'somebody pressed Ctrl-C', { calls: [ended('interrupted')] }],
  ['interrupted', 'its first trials all failed', { calls: [ended('failures')] }],
  ['interrupted', 'a trial is left without its process', { calls: [ended('budget')], running: 1 }],
  ['interrupted', 'a library was killed', { owners: ['ended'], running: 1 }],
  ['open', 'it was finished, and somebody enqueued a trial', { calls: [ended('budget')], waiting: 1 }],
])('%s: %s', (expected, _, more) => {
  expect(studyState(facts(more))).toBe(expected);
});

test('the state is read with the liveness of every owner and of every call without an end', async () => {
  const judged: string[] = [];
  const reader = {
    liveness: {
      judge: (owner: string) => {
        judged.push(owner);
        return owner === 'k' ? ('alive' as const) : ('ended' as const);
      },
    },
    readControl: async () => ({ control: null }),
    readAttributes: async () => ({ 'hpo:calls': [ended('budget'), killed()] }),
    owners: async () => ['attempt', 'k'],
  };
  const counts = { waiting: 0, running: 0, complete: 1, pruned: 0, fail: 0 };
  expect(await readStudyState(reader, { id: 1, counts })).toBe('running');
  expect(judged).toEqual(['attempt', 'k']);
});

import { expect, test } from 'vitest';
import { addCall, endCall, parseCalls, type StudyCall } from '../../src/core/study-calls.js';

const call = (owner: string, startedAtMs: number, endedAtMs: number | null = null): StudyCall => ({
  owner,
  startedAtMs,
  endedAtMs,
  end: endedAtMs === null ? null : 'budget',
  more: null,
});

test('calls are read as they were stored, and what is none is left out', () => {
  const calls = [call('a', 1, 2), call('b', 3)];
  expect(parseCalls(JSON.parse(JSON.stringify(calls)))).toEqual(calls);
  expect(parseCalls([...calls, 7, null, {}, { owner: 1, startedAtMs: 2 }] as never)).toEqual(calls);
  for (const odd of [undefined, null, 'x', { owner: 'a' }]) expect(parseCalls(odd as never)).toEqual([]);
  expect(parseCalls([{ owner: 'a', startedAtMs: 1, endedAtMs: 'x', end: 7 }])).toEqual([call('a', 1)]);
});

test('the end is noted with the call that ended, also where one process called twice', () => {
  const calls = [call('a', 1, 2), call('a', 5), call('b', 6)];
  expect(endCall(calls, call('a', 5, 9))).toEqual([call('a', 1, 2), call('a', 5, 9), call('b', 6)]);
});

test('eight calls are kept: ended ones are forgotten before running ones', () => {
  let calls: readonly StudyCall[] = [call('first', 0)];
  for (let k = 1; k <= 20; k++) calls = endCall(addCall(calls, call(`c${k}`, k)), call(`c${k}`, k, k));
  expect(calls).toHaveLength(8);
  expect([calls[0]?.owner, calls.at(-1)?.owner]).toEqual(['first', 'c20']);
  for (let k = 21; k <= 40; k++) calls = addCall(calls, call(`c${k}`, k));
  expect(calls).toHaveLength(8);
  expect(calls.at(-1)?.owner).toBe('c40');
});

test('what a call asked for more is read with it; anything odd is null', () => {
  const more = { count: 20, total: 40 };
  expect(parseCalls([{ ...call('a', 1), more }])[0]?.more).toEqual(more);
  for (const odd of [7, null, {}, { count: '20', total: 40 }])
    expect(parseCalls([{ ...call('a', 1), more: odd }] as never)[0]?.more).toBeNull();
});

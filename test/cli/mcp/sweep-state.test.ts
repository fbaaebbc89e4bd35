import { expect, test } from 'vitest';
import { sweepState } from '../../../src/cli/mcp/sweep-state.js';

const counts = { complete: 0, pruned: 0, fail: 0, running: 0, waiting: 0 };
const some = { ...counts, complete: 3, fail: 1 };
const call = (end: string | null) => ({ end, endedAtMs: end === null ? null : 5 });

test.each([
  ['runs', { state: 'running', isRunning: true, call: call(null), counts }, 'running'],
  ['runs and is paused', { state: 'paused', isRunning: true, call: call(null), counts }, 'running'],
  ['runs in a program', { state: 'running', isRunning: false, call: null, counts: some }, 'running'],
  [
    'reached its budget',
    { state: 'finished', isRunning: false, call: call('budget'), counts: some },
    'finished',
  ],
  [
    'has trials queued after its end',
    { state: 'open', isRunning: false, call: call('budget'), counts: some },
    'finished',
  ],
  [
    'reached its target',
    { state: 'finished', isRunning: false, call: call('target'), counts: some },
    'finished',
  ],
  [
    'was ended by a person',
    { state: 'interrupted', isRunning: false, call: call('interrupted'), counts: some },
    'stopped',
  ],
  ['was killed', { state: 'interrupted', isRunning: false, call: call(null), counts: some }, 'failed'],
  [
    'ended by an error',
    { state: 'interrupted', isRunning: false, call: call('error'), counts: some },
    'failed',
  ],
  [
    'ended by its failures',
    { state: 'interrupted', isRunning: false, call: call('max-failures'), counts: some },
    'failed',
  ],
  [
    'has only failed trials',
    { state: 'finished', isRunning: false, call: call('budget'), counts: { ...counts, fail: 2 } },
    'failed',
  ],
  ['never began', { state: 'open', isRunning: false, call: null, counts }, 'stopped'],
  ['was made by another program', { state: 'open', isRunning: false, call: null, counts: some }, 'finished'],
] as const)('a sweep that %s', (_, facts, state) => {
  expect(sweepState(facts)).toBe(state);
});

import { describe, expect, test } from 'vitest';
import {
  describeEvent,
  durationText,
  gpuText,
  numberText,
  paramsText,
} from '../../src/loggers/event-messages.js';
import type { SweepEvent } from '../../src/study/events.js';
import { finished, reported, started } from './support.js';

test.each([
  [0, '0 ms'],
  [849.6, '850 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [12_345, '12.3 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min 00 s'],
  [245_000, '4 min 05 s'],
  [3_599_600, '1 h 00 min'],
  [7_800_000, '2 h 10 min'],
  [360_000_000, '100 h 00 min'],
])('%d ms reads %s', (durationMs, text) => {
  expect(durationText(durationMs)).toBe(text);
});

test('numbers have six digits at most', () => {
  expect(
    [0.1234567, 1 / 3, 123_456_789, 1e-9, 5, Number.NaN, Number.NEGATIVE_INFINITY].map(numberText),
  ).toEqual(['0.123457', '0.333333', '123457000', '1e-9', '5', 'nan', '-inf']);
  expect(paramsText({ 'learner.opt': 'adam', x: null, y: true, z: 0.1 })).toBe(
    'learner.opt=adam x=null y=true z=0.1',
  );
});

describe('an event in words', () => {
  test.each<[SweepEvent, string[]]>([
    [started(3), ['trial 3 started on cpu: learner.opt=adam batch_size=32 seed=42']],
    [
      started(3, { attempt: 2 }),
      ['trial 3 attempt 2 started on cpu: learner.opt=adam batch_size=32 seed=42'],
    ],
    [
      started(3, { attempt: 2, reattached: true }),
      ['trial 3 reattached on cpu: learner.opt=adam batch_size=32 seed=42'],
    ],
    [
      reported(3, ['a', 1, 0.5], ['b', 1, Number.NaN], ['a', 2, 0.25], ['c', null, 7]),
      ['trial 3 step 1: a=0.5 b=nan', 'trial 3 step 2: a=0.25', 'trial 3 final: c=7'],
    ],
    [finished(3), ['trial 3 COMPLETE with 0.9 after 12.3 s']],
    [finished(3, { state: 'pruned', reason: 'best 4' }), ['trial 3 PRUNED with 0.9 after 12.3 s: best 4']],
    [
      finished(3, { state: 'fail', values: null, reason: 'exit code 1', tail: ['boom'] }),
      ['trial 3 FAIL after 12.3 s: exit code 1', '  | boom'],
    ],
    [
      finished(3, { state: 'fail', values: null, reason: 'exit code 1', tail: [`a\t${'b'.repeat(400)}`] }),
      ['trial 3 FAIL after 12.3 s: exit code 1', `  | a    ${'b'.repeat(294)}…`],
    ],
    // A complete trial's log is nobody's business here.
    [finished(3, { tail: ['fine'] }), ['trial 3 COMPLETE with 0.9 after 12.3 s']],
    [{ type: 'trial-requeued', trial: 3, reason: 'interrupted' }, ['trial 3 is queued again: interrupted']],
    [{ type: 'warning', trial: null, message: 'm' }, ['warning: m']],
    [
      {
        type: 'waiting-for-gpu',
        holders: [
          { device: '0', pid: 47, watched: true, study: 's\n', trial: 3 },
          { device: '1', pid: 48, watched: false, study: 't', trial: 0 },
          { device: '2', pid: 49, watched: true, study: null, trial: null },
        ],
      },
      [
        'waiting for a slot: GPU 0 is held by study s\\n, trial 3 (pid 47); ' +
          'GPU 1 is held by study t, trial 0 (its hpo has ended, its trainer runs on); ' +
          'GPU 2 is held by a sweep (pid 49)',
      ],
    ],
    [
      {
        type: 'gpus-low-memory',
        gpus: [
          { device: '0', freeMiB: 9728, usedMiB: 71_782, totalMiB: 81_559 },
          { device: '1', freeMiB: 512, usedMiB: null, totalMiB: null },
        ],
      },
      [
        'left out until min_free_memory is free: GPU 0 (70.1 of 79.6 GiB used, 9.5 GiB free); GPU 1 (0.5 GiB free)',
      ],
    ],
    // Shown in its row of the display, and a table's business later.
    [
      {
        type: 'gpu-used',
        trial: 3,
        sample: { cardUtilizationPercent: 1, memoryMiB: 1, cardMemoryMiB: 1, shared: false },
      },
      [],
    ],
    [{ type: 'stopping', why: 'drain' }, ['no new trials; running ones finish (Ctrl-C again stops them)']],
    [{ type: 'stopping', why: 'failures' }, ['no new trials: every trial so far failed']],
    [
      { type: 'sweep-finished', end: 'failures', detail: 'the first 3', savings: null },
      ['sweep ended (failures): the first 3'],
    ],
  ])('%#: %j', (event, lines) => {
    expect(describeEvent(event)).toEqual(lines);
  });
});

test('what a trial uses of its GPUs, in words', () => {
  const all = { cardUtilizationPercent: 63.4, memoryMiB: 4198, cardMemoryMiB: 9000 };
  expect(gpuText(all)).toBe('63 % 4.1 GiB');
  expect(gpuText({ ...all, memoryMiB: null })).toBe('63 % (8.8 GiB)');
  expect(gpuText({ ...all, cardUtilizationPercent: null })).toBe('4.1 GiB');
  expect(gpuText({ cardUtilizationPercent: 0, memoryMiB: null, cardMemoryMiB: null })).toBe('0 %');
});

import { expect, test } from 'vitest';
import type { AttemptCause } from '../../../src/core/attempt-cause.js';
import { int } from '../../../src/core/distribution.js';
import type { Outcome } from '../../../src/executors/executor.js';
import type { AttemptRecord } from '../../../src/storage/storage.js';
import { countEarlierAttempts } from '../../../src/study/attempt/retry-policy.js';
import { NO_FAILURE_RULES } from '../../../src/study/sweep/failures.js';
import { makeSpec, newStudy, ScriptedExecutor, sweep, T0, trains } from '../harness.js';

const ended = { kind: 'exited', finishedAtMs: T0, logTail: [] } as const;
const attempt = (cause: AttemptCause, more: Partial<AttemptRecord> = {}): AttemptRecord => ({
  id: 1,
  trialId: 1,
  attempt: 1,
  token: '',
  owner: '',
  device: 'cpu',
  handle: '',
  startedAtMs: 0,
  finishedAtMs: 1,
  exitCode: null,
  reason: null,
  cause,
  settled: false,
  stopRequested: false,
  firstStep: null,
  inherited: [],
  targetStep: null,
  ...more,
});

test('what counts against a trial follows from the causes of its attempts, whatever their reasons say', () => {
  const reason = 'retry 1 of 1 after: lost 1 of 3 times: the sweep was interrupted';
  const causes: AttemptCause[] = ['failed', 'limit', 'lost', 'not-started', 'infrastructure', 'interrupted'];
  expect(countEarlierAttempts(causes.map((cause) => attempt(cause, { reason })))).toEqual({
    failed: 2,
    lost: 1,
  });
  expect(countEarlierAttempts(causes.map((cause) => attempt(cause)))).toEqual({ failed: 2, lost: 1 });
});

test('attempts up to the one that settled the trial count no more', () => {
  const before = [attempt('failed'), attempt('lost'), attempt('failed', { settled: true })];
  expect(countEarlierAttempts([...before, attempt('failed')])).toEqual({ failed: 1, lost: 0 });
});

test.each<[string, AttemptCause, Outcome]>([
  ['exit code 1', 'failed', { ...ended, exitCode: 1 }],
  ['a broken limit', 'limit', { ...ended, exitCode: 143, stoppedFor: 'limit', brokeLimit: 'ran too long' }],
  ['an end that nobody saw', 'lost', { kind: 'unknown', finishedAtMs: T0, logTail: [] }],
  ['a launch that was revoked', 'not-started', { kind: 'not-started', reason: 'revoked', fatal: false }],
  ['a refusal of the machine', 'infrastructure', { kind: 'infrastructure', reason: 'no processes' }],
  [
    'a disk that was full meanwhile',
    'infrastructure',
    { ...ended, exitCode: 1, infrastructureError: 'the disk was full' },
  ],
  ['a stop of the sweep', 'interrupted', { ...ended, exitCode: 143, stoppedFor: 'interrupted' }],
  ['a trial that gave itself up', 'pruned', { ...ended, exitCode: 0, selfPruned: 'hopeless' }],
])('%s is stored as the cause %s', async (_, cause, outcome) => {
  const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 1) }]));
  const good = trains(() => 1);
  const executor = new ScriptedExecutor((run, hooks) => (run.attempt === 1 ? outcome : good(run, hooks)));
  await sweep(study, executor, { failures: { ...NO_FAILURE_RULES, retries: 1 } });
  const causes = (await study.storage.attempts({ trialId: 1 })).map((each) => [each.cause, each.settled]);
  const settledAtOnce = cause === 'pruned';
  expect(causes).toEqual(
    settledAtOnce
      ? [[cause, true]]
      : [
          [cause, false],
          ['completed', true],
        ],
  );
});

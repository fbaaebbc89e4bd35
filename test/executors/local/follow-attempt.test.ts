import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { followAttempt } from '../../../src/executors/local/follow-attempt.js';
import { localHandler } from '../../../src/executors/local/handler.js';
import { attemptFiles } from '../../../src/executors/local/paths.js';
import { endOfLaunch, FORK_REFUSED } from '../../../src/executors/local/wait-for-exit.js';
import { makeAttempt, makeExecutor, Recorder, tempDir, until } from './harness.js';

it('why an attempt is stopped is on disk before its first signal', async () => {
  // The trainer itself looks, in the moment of the TERM: an orchestrator that dies right then leaves the same.
  const trainer = [
    `trap 'cat "$HPO_TRIAL_DIR"/../.attempts/*/stop >noted 2>&1; exit 0' TERM`,
    'echo METRIC loss=1',
    'while :; do sleep 0.1; done',
  ].join('\n');
  const outputs = tempDir();
  const executor = makeExecutor(outputs, ['/bin/sh', '-c', trainer], { stopGraceMs: 10_000 });
  const hooks = new Recorder();
  const outcome = executor.run(makeAttempt(executor), hooks);
  await hooks.reported(1);
  hooks.stop('pruned');
  expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0, stoppedFor: 'pruned' });
  expect(readFileSync(join(outputs, 'noted'), 'utf8')).toBe('pruned\n');
});

it.each([
  ['revoked the launch', 'revoked'],
  ['ended the supervisor', 'refused'],
])('an attempt whose limit %s before the trainer began ends for its limit', async (_, how) => {
  const executor = makeExecutor(tempDir(), ['true']);
  const attempt = makeAttempt(executor);
  const files = attemptFiles(attempt.handle, attempt.trial);
  mkdirSync(files.dir, { recursive: true });
  const stopped = () => existsSync(join(files.dir, 'pid'));
  const outcome = await followAttempt(
    {
      files,
      attempt,
      isReattached: false,
      isShared: false,
      handler: localHandler({
        ...attempt,
        dir: files.dir,
        isReattached: false,
        times: { graceMs: 100, killWaitMs: 100 },
      }),
      limits: { trialTimeoutMs: 200, noProgressTimeoutMs: null, maxLogBytes: null },
      metrics: undefined,
      measured: [],
    },
    new Recorder(),
    async (waiting) => {
      await until(stopped);
      return how === 'refused' ? FORK_REFUSED : endOfLaunch(files.dir, attempt.token, waiting);
    },
  );
  expect(outcome).toMatchObject({
    kind: 'unknown',
    stoppedFor: 'limit',
    brokeLimit: 'ran longer than trial_timeout 200ms',
  });
});

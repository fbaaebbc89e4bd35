import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeAttempt, makeExecutor, Recorder, tempDir } from './harness.js';

it('why an attempt is stopped is on disk before its first signal', async () => {
  // The trainer itself looks, in the moment of the TERM: an orchestrator that dies right then leaves the same.
  const trainer = [
    `trap 'cat "$HPO_TRIAL_DIR"/../.attempts/*/stop >noted 2>&1; exit 0' TERM`,
    'echo METRIC loss=1',
    'while :; do sleep 0.02; done',
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

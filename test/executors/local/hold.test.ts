import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Executor, RunnableAttempt } from '../../../src/executors/executor.js';
import { processesWithToken } from '../../../src/executors/local/process-tree.js';
import { makeAttempt, makeExecutor, Recorder, tempDir, until } from './harness.js';

/** Saves a checkpoint, and keeps it open until the file `close` is there; then it counts, until `end` is there. */
const SAVES = `exec 3>"$HPO_CHECKPOINT_DIR/last"; echo 1 >&3; echo "METRIC step=1 loss=1"
while [ ! -e close ]; do sleep 0.02; done
exec 3>&-; echo "METRIC step=2 loss=1"
while [ ! -e end ]; do sleep 0.02; done
`;

const linux = test.runIf(process.platform === 'linux');

async function saving() {
  const outputs = tempDir();
  const executor = makeExecutor(outputs, ['/bin/sh', '-c', SAVES], { checkpoints: 'remove' });
  const attempt = makeAttempt(executor);
  const hooks = new Recorder();
  const ended = executor.run(attempt, hooks);
  await until(() => hooks.points.length === 1);
  const touch = (name: string) => writeFileSync(join(outputs, name), '');
  onTestFinished(() => touch('end'));
  return { executor, attempt, hooks, ended, touch };
}

/** The states of the attempt's processes, as /proc names them: T is stopped. */
const states = ({ token }: RunnableAttempt) =>
  processesWithToken(token).map((pid) => /\) (\w)/.exec(statOf(pid))?.[1]);
/** Empty for a process that has ended since it was listed. */
const statOf = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return '';
  }
};
const isHeld = (attempt: RunnableAttempt) => states(attempt).includes('T');
const hold = (executor: Executor, attempt: RunnableAttempt) =>
  executor.checkpoints?.hold(attempt, { before: '', isPatient: false });

linux(
  'a trainer that has its checkpoint open continues, and one that has closed it is held until it is let go',
  async () => {
    const { executor, attempt, hooks, ended, touch } = await saving();
    expect(await hold(executor, attempt)).toBeNull();
    expect(isHeld(attempt)).toBe(false);
    touch('close');
    await until(() => hooks.points.length === 2);
    const held = await hold(executor, attempt);
    expect(isHeld(attempt)).toBe(true);
    held?.release();
    expect(isHeld(attempt)).toBe(false);
    touch('end');
    expect(await ended).toMatchObject({ kind: 'exited', exitCode: 0 });
  },
);

linux('one that is held ends when it is stopped', async () => {
  const { executor, attempt, ended, touch, hooks } = await saving();
  touch('close');
  await until(() => hooks.points.length === 2);
  await hold(executor, attempt);
  expect(await executor.cancel(attempt, 'stopped')).toEqual({ kind: 'ended' });
  expect(await ended).toMatchObject({ kind: 'exited', exitCode: 143 });
});

linux(
  'one that was held by an orchestrator that was killed: the next orchestrator lets it continue',
  async () => {
    const { executor, attempt, ended, touch, hooks } = await saving();
    touch('close');
    await until(() => hooks.points.length === 2);
    await hold(executor, attempt);
    expect(existsSync(join(attempt.handle, 'held'))).toBe(true);
    const again = executor.reattach(attempt, new Recorder());
    await until(() => !isHeld(attempt));
    expect(existsSync(join(attempt.handle, 'held'))).toBe(false);
    touch('end');
    expect(await again).toMatchObject({ kind: 'exited', exitCode: 0 });
    await ended;
  },
);

/** Saves once, and then works without rest: each turn leaves a mark. */
const WORKS = `echo 1 >"$HPO_CHECKPOINT_DIR/last"; echo "METRIC step=1 loss=1"
while [ ! -e end ]; do echo turn >>turns; done
`;

linux('one that was held to be ended does not continue before the next orchestrator ends it', async () => {
  const outputs = tempDir();
  const executor = makeExecutor(outputs, ['/bin/sh', '-c', WORKS], { checkpoints: 'remove' });
  const attempt = makeAttempt(executor);
  const hooks = new Recorder();
  const ended = executor.run(attempt, hooks);
  onTestFinished(() => writeFileSync(join(outputs, 'end'), ''));
  await until(() => hooks.points.length === 1 && existsSync(join(outputs, 'turns')));
  // On a busy machine a process may take longer to stop than is waited for.
  for (let held = await hold(executor, attempt); !held; ) held = await hold(executor, attempt);
  // The orchestrator was killed between its decision and the signal.
  writeFileSync(join(attempt.handle, 'stop'), 'paused\n');
  const turns = readFileSync(join(outputs, 'turns'), 'utf8').length;
  expect(await executor.reattach(attempt, new Recorder())).toMatchObject({ stoppedFor: 'paused' });
  expect(readFileSync(join(outputs, 'turns'), 'utf8')).toHaveLength(turns);
  await ended;
});

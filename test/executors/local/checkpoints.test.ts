import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CheckpointPolicy } from '../../../src/core/checkpoints.js';
import type { Executor, RunnableAttempt } from '../../../src/executors/executor.js';
import { attemptFiles } from '../../../src/executors/local/paths.js';
import { makeAttempt, makeExecutor, Recorder, tempDir } from './harness.js';

/** Adds a line to its checkpoint and says how many there are now. */
const COUNT = `set -u
echo epoch >>"$HPO_CHECKPOINT_DIR/epochs"
echo "METRIC epochs=$(grep -c epoch "$HPO_CHECKPOINT_DIR/epochs")"
`;

function counting(checkpoints: CheckpointPolicy, outputs = tempDir()) {
  const executor = makeExecutor(outputs, ['/bin/sh', '-c', COUNT], { checkpoints });
  return { outputs, executor };
}

async function run(executor: Executor, attempt: RunnableAttempt) {
  const hooks = new Recorder();
  const outcome = await executor.run(attempt, hooks);
  expect(outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
  return hooks.points[0]?.value;
}

const folderOf = ({ handle, trial }: RunnableAttempt) => attemptFiles(handle, trial).checkpointDir;

it('are found by the next attempt of a trial, and by no other trial', async () => {
  const { executor } = counting('remove');
  const [first, second] = [1, 2].map((attempt) => makeAttempt(executor, { attempt }));
  if (!first || !second) throw new Error('two attempts expected');
  expect(await executor.checkpoints?.exist(first)).toBe(false);
  expect(await run(executor, first)).toBe(1);
  expect(await executor.checkpoints?.exist(first)).toBe(true);
  expect(await run(executor, second)).toBe(2);
  expect(await run(executor, makeAttempt(executor, { trial: 8 }))).toBe(1);
});

it('of an earlier study of the same name are set aside and never resumed from, even where nobody asks for any', async () => {
  const { outputs, executor } = counting('keep');
  const attempt = makeAttempt(executor);
  expect(await run(executor, attempt)).toBe(1);
  const without = makeExecutor(outputs, ['/bin/sh', '-c', 'true']);
  await without.run(makeAttempt(without), new Recorder());
  expect(existsSync(folderOf(attempt))).toBe(false);
  const kept = folderOf(attempt).replace('.checkpoint', '.earlier.checkpoint');
  expect(readFileSync(join(kept, 'epochs'), 'utf8')).toBe('epoch\n');
});

it.each([
  ['remove', false],
  ['keep', true],
] as const)('of a finished trial: %s', async (policy, stay) => {
  const { executor } = counting(policy);
  const attempt = makeAttempt(executor);
  await run(executor, attempt);
  await executor.checkpoints?.discard(attempt);
  expect(existsSync(folderOf(attempt))).toBe(stay);
  // Nothing may be there to remove.
  await executor.checkpoints?.discard(makeAttempt(executor, { trial: 9 }));
});

it('that are a link to another folder: the link is removed, and what it leads to is not', async () => {
  const { executor } = counting('remove');
  const attempt = makeAttempt(executor);
  const elsewhere = tempDir();
  writeFileSync(join(elsewhere, 'mine'), '');
  mkdirSync(join(folderOf(attempt), '..'), { recursive: true });
  symlinkSync(elsewhere, folderOf(attempt));
  expect(await executor.checkpoints?.exist(attempt)).toBe(true);
  await executor.checkpoints?.discard(attempt);
  expect(existsSync(folderOf(attempt))).toBe(false);
  expect(existsSync(join(elsewhere, 'mine'))).toBe(true);
});

it('that cannot be looked at may be there', async () => {
  const { executor } = counting('remove');
  const attempt = makeAttempt(executor);
  mkdirSync(join(folderOf(attempt), '..'), { recursive: true });
  writeFileSync(folderOf(attempt), 'not a folder');
  expect(await executor.checkpoints?.exist(attempt)).toBe(true);
});

it('are nowhere unless someone asks for them', async () => {
  const outputs = tempDir();
  const executor = makeExecutor(outputs, ['/bin/sh', '-c', 'echo "METRIC set=$(env | grep -c CHECKPOINT)"']);
  const attempt = makeAttempt(executor);
  expect(await run(executor, attempt)).toBe(0);
  expect(executor.checkpoints).toBeNull();
  expect(existsSync(folderOf(attempt))).toBe(false);
});

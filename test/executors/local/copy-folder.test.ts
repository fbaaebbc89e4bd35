import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { copyFolder } from '../../../src/executors/local/copy-folder.js';
import { attemptFiles, copyDir } from '../../../src/executors/local/paths.js';
import { makeAttempt, makeExecutor, Recorder, tempDir } from './harness.js';

test('a copy has the files, folders and links of the original, and shares no file that is written in place', async () => {
  const dir = tempDir();
  const from = join(dir, 'trial-00001.checkpoint');
  mkdirSync(join(from, 'inner'), { recursive: true });
  writeFileSync(join(from, 'inner', 'weights'), 'one');
  symlinkSync(join('inner', 'weights'), join(from, 'relative'));
  symlinkSync(join(from, 'inner', 'weights'), join(from, 'absolute'));
  symlinkSync('/nowhere/else', join(from, 'outside'));
  const to = join(dir, '.copies', '3-ab');
  await copyFolder(from, to);
  writeFileSync(join(from, 'inner', 'weights'), 'two');
  for (const name of ['relative', 'absolute', join('inner', 'weights')])
    expect(readFileSync(join(to, name), 'utf8')).toBe('one');
  expect(readlinkSync(join(to, 'outside'))).toBe('/nowhere/else');
  expect(lstatSync(join(to, 'inner', 'weights')).nlink).toBe(1);
});

test('a folder that is itself a link is copied as what it leads to', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'scratch'));
  writeFileSync(join(dir, 'scratch', 'weights'), 'one');
  symlinkSync('scratch', join(dir, 'linked'));
  await copyFolder(join(dir, 'linked'), join(dir, 'copy'));
  expect(lstatSync(join(dir, 'copy')).isDirectory()).toBe(true);
  expect(readFileSync(join(dir, 'copy', 'weights'), 'utf8')).toBe('one');
});

test('what an interrupted copy left is replaced, and never taken for a copy', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'from'));
  writeFileSync(join(dir, 'from', 'weights'), 'whole');
  mkdirSync(join(dir, 'to.unfinished'));
  writeFileSync(join(dir, 'to.unfinished', 'half'), 'half');
  expect(existsSync(join(dir, 'to'))).toBe(false);
  await copyFolder(join(dir, 'from'), join(dir, 'to'));
  expect(readdirSync(join(dir, 'to'))).toEqual(['weights']);
  expect(existsSync(join(dir, 'to.unfinished'))).toBe(false);
});

const COUNT = `echo epoch >>"$HPO_CHECKPOINT_DIR/epochs"
echo "METRIC epochs=$(grep -c epoch "$HPO_CHECKPOINT_DIR/epochs")"
`;

test('a trial begins with the copy once, and other copies for its place are removed', async () => {
  const executor = makeExecutor(tempDir(), ['/bin/sh', '-c', COUNT], { checkpoints: 'remove' });
  const run = async (more: Parameters<typeof makeAttempt>[1]) => {
    const attempt = makeAttempt(executor, more);
    const hooks = new Recorder();
    const outcome = await executor.run(attempt, hooks);
    return { attempt, outcome, epochs: hooks.points[0]?.value };
  };
  const parent = await run({ trial: 3 });
  for (const name of ['5-aa', '5-bb', '6-aa'])
    expect(await executor.checkpoints?.copy(parent.attempt, name)).toBe(true);
  expect((await run({ trial: 3, attempt: 2 })).epochs).toBe(2);
  expect((await run({ trial: 9, copy: '5-bb' })).epochs).toBe(2);
  expect((await run({ trial: 9, copy: '5-bb', attempt: 2 })).epochs).toBe(3);
  const copies = dirname(copyDir(attemptFiles(parent.attempt.handle, 3), '5-aa'));
  expect(readdirSync(copies)).toEqual(['6-aa']);
  // Its first attempt must have the copy: else it would begin at the beginning.
  expect((await run({ trial: 10, copy: '7-aa' })).outcome).toMatchObject({
    kind: 'not-started',
    reason: expect.stringContaining('the copy of the checkpoint that it continues is gone'),
  });
});

test('the name of a copy never leads out of its folder', () => {
  const files = { checkpointDir: '/out/trial-00001.checkpoint' };
  for (const name of ['../x', '5-../x', '5', '', '5-ab/..', '.'])
    expect(() => copyDir(files, name)).toThrow('a copy of checkpoints is named TRIAL-ID');
});

import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { handleHere, withFoldersHere } from '../../src/executors/folders-here.js';
import { newAttemptDir } from '../../src/executors/local/paths.js';
import { makeAttempt, makeExecutor, tempDir } from './local/harness.js';

describe('the folder of an attempt', () => {
  it.each(['', 'slurm:'])('is that of its handle %swhere it is there', (kind) => {
    const dir = newAttemptDir(join(tempDir(), 'there'), 7, 1);
    const study = join(tempDir(), 'here');
    mkdirSync(dir, { recursive: true });
    mkdirSync(join(study, '.attempts', basename(dir)), { recursive: true });
    expect(handleHere(`${kind}${dir}`, study)).toBe(`${kind}${dir}`);
  });

  it.each(['', 'slurm:'])('is found in the folder of its study for a handle %sthat leads nowhere', (kind) => {
    const dir = newAttemptDir('/mounted/elsewhere/s', 7, 1);
    expect(handleHere(`${kind}${dir}`, '/here/s')).toBe(`${kind}/here/s/.attempts/${basename(dir)}`);
  });

  it('leads to the checkpoints of its trial, also of an attempt that never began', async () => {
    const outputs = tempDir();
    const executor = makeExecutor(outputs, ['true'], { checkpoints: 'keep' });
    const dir = newAttemptDir('/mounted/elsewhere/test', 7, 2);
    const exist = () =>
      withFoldersHere(executor, join(outputs, 'test')).checkpoints?.exist({
        ...makeAttempt(executor),
        handle: dir,
      });
    expect(await exist()).toBe(false);
    mkdirSync(join(outputs, 'test/trial-00007.checkpoint/saved'), { recursive: true });
    expect(await exist()).toBe(true);
  });

  it.each(['', 'ray:job', '/mounted/elsewhere', '/mounted/s/.attempts/..', '/mounted/s/.attempts/00007-1'])(
    'is not looked for by the name %j, which may be that of another one',
    (handle) => {
      const study = join(tempDir(), 'here');
      mkdirSync(join(study, '.attempts', '00007-1'), { recursive: true });
      expect(handleHere(handle, study)).toBe(handle);
    },
  );
});

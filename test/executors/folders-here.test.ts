import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attemptsSeen, handleHere, withFoldersHere } from '../../src/executors/folders-here.js';
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

  it.each([
    '',
    'ray:job',
    '/mounted/elsewhere',
    '/mounted/s/.attempts/..',
    '/mounted/s/.attempts/00007-1',
    '/mounted/s/00007-1-abcd',
  ])('is not looked for by the name %j, which may be that of another one', (handle) => {
    const study = join(tempDir(), 'here');
    for (const name of ['00007-1', '00007-1-abcd'])
      mkdirSync(join(study, '.attempts', name), { recursive: true });
    expect(handleHere(handle, study)).toBe(handle);
  });

  it('is looked for once for all attempts, and only where one is not under its path', async () => {
    let asked = 0;
    const study = join(tempDir(), 'here');
    const here = attemptsSeen(async () => {
      asked++;
      return study;
    });
    const there = newAttemptDir(join(tempDir(), 'there'), 7, 1);
    mkdirSync(there, { recursive: true });
    for (const handle of [there, null, '']) expect(await here({ handle })).toEqual({ handle });
    expect(asked).toBe(0);
    const dir = newAttemptDir('/mounted/elsewhere/s', 7, 2);
    const found = { trial: 7, handle: `slurm:${join(study, '.attempts', basename(dir))}` };
    const handles = [1, 2].map(() => here({ trial: 7, handle: `slurm:${dir}` }));
    expect(await Promise.all(handles)).toEqual([found, found]);
    expect(asked).toBe(1);
  });
});

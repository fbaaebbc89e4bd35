import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { discardCopies, discardLeft } from '../../src/executors/discard-left.js';
import { checkpointFolder, checkpointsInFiles } from '../../src/executors/function/checkpoints/in-files.js';
import { FUNCTION_HANDLE } from '../../src/executors/handle.js';
import { takeClaim } from '../../src/executors/local/folder-claims.js';
import { noteRemoval } from '../../src/executors/local/leftover-checkpoints.js';
import { tempDir } from './local/harness.js';

const uid = 'a'.repeat(32);
const TRIAL = 3;

/** The outputs of a study, as a sweep leaves them with trial 3 paused, and what removes the trial's checkpoints. */
function left() {
  const root = tempDir();
  const database = join(root, 'hpo.db');
  writeFileSync(database, '');
  const study = join(root, 'outputs/s');
  const handle = join(study, '.attempts/00003-1-abcd');
  const folder = join(study, 'trial-00003.checkpoint');
  mkdirSync(handle, { recursive: true });
  mkdirSync(folder);
  writeFileSync(join(folder, 'step'), '1\n');
  takeClaim(study, 0, { uid, database, owner: 'somebody' });
  noteRemoval(handle, 'remove');
  const attempt = { trial: TRIAL, token: 'token', handle };
  return { root, database, study, handle, folder, attempt };
}
type Left = ReturnType<typeof left>;

test('the checkpoints of a trial that no sweep runs are removed, and nothing beside them', async () => {
  const { attempt, database, folder, study } = left();
  mkdirSync(join(study, 'trial-00003'));
  expect(await discardLeft(attempt, { uid, database })).toBe(true);
  expect([folder, join(study, 'trial-00003'), attempt.handle].map(existsSync)).toEqual([false, true, true]);
  expect(await discardLeft(attempt, { uid, database })).toBe(false);
});

/** Moves a folder elsewhere and leaves a link in its place. */
function linked({ root }: Left, path: string): void {
  renameSync(path, join(root, 'elsewhere'));
  symlinkSync(join(root, 'elsewhere'), path);
}

test.each<readonly [string, (at: Left) => unknown]>([
  ['of another study of the name', () => ({ uid: 'b'.repeat(32) })],
  ['of a study without a uid', () => ({ uid: null })],
  ['of a study in memory', () => ({ database: ':memory:' })],
  [
    'of the study in a copy of the database',
    ({ root }) => {
      writeFileSync(join(root, 'copy.db'), '');
      return { database: join(root, 'copy.db') };
    },
  ],
  [
    'that were to be kept',
    ({ handle }) => renameSync(join(handle, 'removes-checkpoints'), join(handle, 'x')),
  ],
  ['in a folder that nobody claims', ({ root, study }) => renameSync(join(study, '.study'), join(root, 'x'))],
  ['behind a link', (at) => linked(at, at.folder)],
  ['in a study folder that is a link', (at) => linked(at, at.study)],
  ['of an attempt that is a link', (at) => linked(at, at.handle)],
  ['of another trial than that of the attempt', () => ({ trial: 4 })],
  ['of another executor', () => ({ handle: 'cluster:3' })],
])('checkpoints %s stay', async (_, change) => {
  const at = left();
  mkdirSync(join(at.study, 'trial-00004.checkpoint'));
  const { attempt, database, folder, study } = at;
  const given = Object.assign({ ...attempt, uid, database }, change(at));
  expect(await discardLeft(given, given)).toBe(false);
  expect([folder, join(folder, 'step'), join(study, 'trial-00004.checkpoint')].map(existsSync)).toEqual([
    true,
    true,
    true,
  ]);
});

test('a handle that is no folder of an attempt is refused', async () => {
  const { attempt, database, folder, study } = left();
  const given = discardLeft({ ...attempt, handle: join(study, '00003-1-abcd') }, { uid, database });
  await expect(given).rejects.toMatchObject({ code: 'executor.bad-attempt-dir' });
  expect(existsSync(folder)).toBe(true);
});

test('what a function saved is removed with its folders, unless one of them is a link or hpo did not make it', async () => {
  const { root, database } = left();
  const attempt = { trial: TRIAL, token: 'token', handle: FUNCTION_HANDLE };
  const folder = checkpointFolder(database, uid) ?? '';
  await checkpointsInFiles(folder).write(TRIAL, { step: 1, isBeforeReport: false, data: '1' });
  mkdirSync(join(folder, '4'));
  expect(await discardLeft({ ...attempt, trial: 4 }, { uid, database })).toBe(false);
  renameSync(folder, join(root, 'elsewhere'));
  symlinkSync(join(root, 'elsewhere'), folder);
  expect(await discardLeft(attempt, { uid, database })).toBe(false);
  expect(existsSync(join(root, 'elsewhere/3/checkpoint'))).toBe(true);
  renameSync(folder, join(root, 'link'));
  renameSync(join(root, 'elsewhere'), folder);
  expect(await discardLeft(attempt, { uid, database })).toBe(true);
  expect(['3', '4'].map((name) => existsSync(join(folder, name)))).toEqual([false, true]);
});

test('copies of a deleted study that no trial has begun with are removed, and only its own', async () => {
  const at = left();
  const copies = join(at.study, '.copies');
  mkdirSync(join(copies, '7-abcd'), { recursive: true });
  const { attempt, database } = at;
  await discardCopies(attempt, { uid: 'b'.repeat(32), database });
  await discardCopies(attempt, { uid: null, database });
  expect(existsSync(join(copies, '7-abcd'))).toBe(true);
  await discardCopies(attempt, { uid, database });
  expect([copies, at.folder].map(existsSync)).toEqual([false, true]);
  mkdirSync(copies);
  linked(at, copies);
  await discardCopies(attempt, { uid, database });
  expect(existsSync(join(at.root, 'elsewhere'))).toBe(true);
});

test('copies of a program too, with the folder that is empty then', async () => {
  const database = join(tempDir(), 'tune.db');
  const folder = checkpointFolder(database, uid) as string;
  const states = checkpointsInFiles(folder);
  await states.write(TRIAL, { step: 1, isBeforeReport: false, data: new Uint8Array([1]) });
  await states.copy({ trial: TRIAL, token: '', handle: FUNCTION_HANDLE }, '7-abcd');
  const attempt = { trial: TRIAL, token: '', handle: FUNCTION_HANDLE };
  await discardLeft(attempt, { uid, database });
  expect(existsSync(join(folder, 'copies/7-abcd'))).toBe(true);
  await discardCopies(attempt, { uid, database });
  expect(existsSync(`${database}-checkpoints`)).toBe(false);
});

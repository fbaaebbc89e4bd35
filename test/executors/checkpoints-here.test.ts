import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkpointsHere } from '../../src/executors/checkpoints-here.js';
import { attemptsSeen } from '../../src/executors/folders-here.js';
import { takeClaim } from '../../src/executors/local/folder-claims.js';
import { noteRemoval } from '../../src/executors/local/leftover-checkpoints.js';
import { tempDir } from './local/harness.js';

const uid = 'a'.repeat(32);
const NAME = '00003-1-abcd';

/** The outputs of a study with checkpoints of trial 3 and a copy, whose attempt names a folder that is not there. */
function moved() {
  const root = tempDir();
  const database = join(root, 'hpo.db');
  writeFileSync(database, '');
  const study = join(root, 'outputs/s');
  const folder = join(study, 'trial-00003.checkpoint');
  const copies = join(study, '.copies');
  for (const each of [join(study, '.attempts', NAME), folder, copies]) mkdirSync(each, { recursive: true });
  takeClaim(study, 0, { uid, database, owner: 'somebody' });
  noteRemoval(join(study, '.attempts', NAME), 'remove');
  // What lies where the attempt was: another project's.
  const before = join(root, 'before/outputs/s');
  const others = [join(before, 'trial-00003.checkpoint'), join(before, '.copies')];
  for (const each of others) mkdirSync(each, { recursive: true });
  const attempt = { trial: 3, token: 'token', handle: join(before, '.attempts', NAME) };
  return { root, database, study, folder, copies, others, attempt };
}
type Moved = ReturnType<typeof moved>;

const idle = ({ database, study }: Moved, found: string | null = study) =>
  checkpointsHere(
    { uid, database },
    attemptsSeen(async () => found),
  );

test('checkpoints of a study that was moved are found and removed where they are, and nothing where they were', async () => {
  const at = moved();
  const checkpoints = idle(at);
  expect(await checkpoints.exist(at.attempt)).toBe(false);
  writeFileSync(join(at.folder, 'step'), '1\n');
  expect(await checkpoints.exist(at.attempt)).toBe(true);
  expect(await checkpoints.discard(at.attempt)).toBe(true);
  await checkpoints.discardCopies(at.attempt);
  expect([at.folder, at.copies, ...at.others].map(existsSync)).toEqual([false, false, true, true]);
});

/** Moves a folder elsewhere and leaves a link in its place. */
function linked({ root }: Moved, path: string): void {
  renameSync(path, join(root, 'elsewhere'));
  symlinkSync(join(root, 'elsewhere'), path);
}

test.each<readonly [string, (at: Moved) => unknown]>([
  ['in a folder that nobody claims', ({ study }) => rmSync(join(study, '.study'), { recursive: true })],
  ['behind a link', (at) => linked(at, at.folder)],
  ['in a study folder that is a link', (at) => linked(at, at.study)],
  [
    'where the attempt has no folder',
    ({ study }) => rmSync(join(study, '.attempts', NAME), { recursive: true }),
  ],
  ['of another trial than that of the attempt', () => ({ trial: 4 })],
  [
    'of an attempt whose name is a path',
    () => ({ handle: '/before/outputs/s/.attempts/00003-1-abcd/../..' }),
  ],
  [
    'of an attempt whose folder lies in no folder of attempts',
    () => ({ handle: `/before/outputs/s/${NAME}` }),
  ],
])('checkpoints %s stay where a study was moved', async (_, change) => {
  const at = moved();
  mkdirSync(join(at.study, 'trial-00004.checkpoint'));
  const attempt = Object.assign({ ...at.attempt }, change(at));
  expect(
    await idle(at)
      .discard(attempt)
      .catch(() => false),
  ).toBe(false);
  const stay = [at.folder, join(at.study, 'trial-00004.checkpoint'), ...at.others];
  expect(stay.map(existsSync)).toEqual([true, true, true, true]);
});

test('checkpoints stay where no folder of the study is found', async () => {
  const at = moved();
  expect(await idle(at, null).discard(at.attempt)).toBe(false);
  await idle(at, null).discardCopies(at.attempt);
  expect([at.folder, at.copies, ...at.others].map(existsSync)).toEqual([true, true, true, true]);
});

import { mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo } from '../../support/cli.js';
import { checkpointsIn, interrupt, makeScheduled, stored } from './resumable.js';

const folderOf = (trial: number) => `trial-0000${trial}.checkpoint`;

/** A sweep that was interrupted when its three trials were paused, or about to be. */
async function interrupted(more: Readonly<Record<string, unknown>>): Promise<string> {
  const cwd = makeScheduled({ more });
  await interrupt(cwd, { signal: 'SIGINT', says: /no new trials/ });
  expect((await stored(cwd)).map(({ pausedAt }) => pausedAt)).toEqual([1, 1, 1]);
  expect(checkpointsIn(cwd)).toEqual([0, 1, 2].map(folderOf));
  return cwd;
}

test.each([
  ['the default', {}, 'its checkpoint is removed', [0, 2]],
  ['keep: best 3', { checkpoints: { keep: 'best 3' } }, 'its checkpoint is removed', [0, 2]],
  ['keep', { checkpoints: 'keep' }, 'its checkpoint stays (hpo show 1 says where)', [0, 1, 2]],
])('hpo stop of a paused trial, with %s: %s', async (_, more, said, left) => {
  const cwd = await interrupted(more);
  expect(await hpo(cwd, 'stop', '1')).toBe(`trial 1 was paused at step 1 and is now pruned; ${said}\n`);
  expect(checkpointsIn(cwd)).toEqual(left.map(folderOf));
  expect((await stored(cwd)).map(({ state }) => state)).toEqual(['running', 'pruned', 'running']);
});

test('hpo study delete removes the checkpoints of paused trials, but no link, and nothing that others made', async () => {
  const cwd = await interrupted({});
  const outputs = join(cwd, 'outputs/s');
  mkdirSync(join(outputs, folderOf(7)));
  renameSync(join(outputs, folderOf(1)), join(cwd, 'elsewhere'));
  symlinkSync(join(cwd, 'elsewhere'), join(outputs, folderOf(1)));
  const said = await hpo(cwd, 'study', 'delete', 's', '--yes');
  expect(said).toBe('deleted study s with 3 trials, and the checkpoints of 2 unfinished ones\n');
  expect(checkpointsIn(cwd)).toEqual([folderOf(1), folderOf(7)]);
  expect(readdirSync(join(cwd, 'elsewhere'))).toEqual(['last.json']);
  expect(readdirSync(outputs)).toContain('trial-00000.log');
});

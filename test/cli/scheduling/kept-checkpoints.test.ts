import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, runHere, writeFiles } from '../../support/cli.js';
import { checkpointsIn, makeScheduled } from './resumable.js';

const plain = { scheduler: undefined, max_steps: undefined };
const folderOf = (trial: number) => `trial-0000${trial}.checkpoint`;

test('`keep: best 2` leaves the checkpoints of the two best complete trials, as the ranking changes', async () => {
  const parameters = { x: [3, 5, 1, 4, 2] };
  const checkpoints = { keep: 'best 2' };
  const cwd = makeScheduled({ trainer: 'train.sh', more: { ...plain, parameters, checkpoints } });
  await hpo(cwd, 'optimize', '--trials', '2');
  expect(checkpointsIn(cwd)).toEqual([0, 1].map(folderOf));
  await hpo(cwd, 'optimize');
  expect(checkpointsIn(cwd)).toEqual([2, 4].map(folderOf));
  expect(readFileSync(join(cwd, 'outputs/s', folderOf(2), 'step'), 'utf8')).toBe('9\n');
});

test('with a scheduler too: those of paused and dropped trials are no longer there at its end', async () => {
  const checkpoints = { keep: 'best 1' };
  const cwd = makeScheduled({ trainer: 'train.sh', more: { checkpoints } });
  await hpo(cwd, 'optimize');
  expect(checkpointsIn(cwd)).toEqual([folderOf(0)]);
});

test('what a killed call left behind is removed by the next one, but nothing that an earlier one kept', async () => {
  const parameters = { x: [1, 2] };
  const cwd = makeScheduled({ trainer: 'train.sh', more: { ...plain, parameters, checkpoints: 'remove' } });
  await hpo(cwd, 'optimize');
  expect(checkpointsIn(cwd)).toEqual([]);
  // As if the call had been killed before the removal.
  mkdirSync(join(cwd, 'outputs/s', folderOf(1)));
  writeFileSync(join(cwd, 'outputs/s', folderOf(1), 'step'), '9\n');
  await hpo(cwd, 'optimize');
  expect(checkpointsIn(cwd)).toEqual([]);
  const kept = makeScheduled({ trainer: 'train.sh', more: { ...plain, parameters, checkpoints: 'keep' } });
  await hpo(kept, 'optimize');
  const sweep = join(kept, 'cfg/sweep.yaml');
  writeFiles(kept, { 'cfg/sweep.yaml': readFileSync(sweep, 'utf8').replace('"keep"', '"remove"') });
  await hpo(kept, 'optimize');
  expect(checkpointsIn(kept)).toEqual([0, 1].map(folderOf));
});

test('other words for what is kept are refused', async () => {
  const cwd = makeScheduled({ more: { checkpoints: { keep: 'three' } } });
  const { code, stderr } = await runHere(['optimize'], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining('such as "best 3"')]);
  expect(existsSync(join(cwd, 'storage'))).toBe(false);
});

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeProject, runHere, tree, trialsOf } from '../support/cli.js';
import { describeWithReal } from '../support/real-part.js';

async function initAndRun(language: string, trainer: string): Promise<void> {
  const cwd = makeProject();
  const said = await hpo(cwd, 'init', `--${language}`);
  expect(said).toBe(`wrote ${trainer}\nwrote cfg/sweep.yaml\nnext: hpo optimize\n`);
  const written = tree(cwd);
  // Ready to run as it stands; three trials show it as well as twenty.
  expect(await hpo(cwd, 'optimize', '--trials', '3', '--devices', 'cpu')).toContain(
    'has reached its budget: 3 complete',
  );
  const trials = await trialsOf(cwd);
  expect(trials.map(({ epochs, metrics }) => [epochs, Object.keys(metrics)])).toEqual(
    Array.from({ length: 3 }, () => [5, ['loss']]),
  );
  // It never overwrites what is there.
  const again = await runHere(['init', `--${language}`], { cwd });
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('error[init.file-exists]')]);
  expect(tree(cwd)).toMatchObject(written);
}

test('init --node writes a sweep and a trainer that optimize runs', () => initAndRun('node', 'train.mjs'));

describeWithReal('python', 'init --python', () => {
  test('writes a sweep and a trainer that optimize runs', () => initAndRun('python', 'train.py'));
});

test('a missing sweep file is named, with what to do, and nothing is made', async () => {
  const cwd = makeProject();
  const { code, stderr } = await runHere(['optimize'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('error[config.not-found]: there is no sweep file cfg/sweep.yaml');
  expect(stderr).toContain('hpo init');
  expect(readdirSync(cwd)).toEqual([]);
  const named = await runHere(['optimize', '--sweep', join('else', 'where.yaml')], { cwd });
  expect([named.code, named.stderr]).toEqual([2, expect.stringContaining('else/where.yaml')]);
});

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseLine } from '../../../src/protocol/metric.js';
import { cleanEnv } from '../../support/bundle.js';
import { makeProject } from '../../support/cli.js';
import { describeWithReal, findPython } from '../../support/real-part.js';

const SCENES = fileURLToPath(new URL('../../fixtures/python/guest_run.py', import.meta.url));
const HELPER = fileURLToPath(new URL('../../../python/hpo.py', import.meta.url));

type Around = { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> };

/** Plays a scene to its end; returns what it printed. */
function play(scene: string, { cwd = makeProject(), env = {} }: Around = {}): string {
  const ran = spawnSync(findPython() as string, [SCENES, scene], {
    cwd,
    env: cleanEnv(env),
    encoding: 'utf8',
  });
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' });
  return ran.stdout;
}

test('hpo.py has the version of hpo', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  expect(readFileSync(HELPER, 'utf8')).toContain(`\n__version__ = "${version}"\n`);
});

describeWithReal('python', 'hpo.run()', () => {
  test('has defaults by hand, and the parameters of hpo above them', () => {
    const [byHand, facts, missing] = JSON.parse(play('params'));
    expect(byHand).toEqual({ 'model.units': 8, lr: 0.1, sizes: [4, 4], name: 'a' });
    expect(facts).toEqual([false, null, null, 0, null, '.', null]);
    expect(missing).toBe('no parameter rate, only model.units, lr, sizes, name');
    const cwd = makeProject({ 'params.json': '{"lr": 0.5, "sizes": "[8, 2]", "name": "[b]", "new": true}' });
    const env = {
      HPO_PARAMS_FILE: join(cwd, 'params.json'),
      HPO_TRIAL: '12',
      HPO_STUDY: 's',
      HPO_SEED: '7',
      HPO_TRIAL_DIR: cwd,
      HPO_TARGET_STEP: '3',
    };
    const [params, given] = JSON.parse(play('params', { cwd, env }));
    // A list comes as text, and is a list where the default is one.
    expect(params).toEqual({ 'model.units': 8, lr: 0.5, sizes: [8, 2], name: '[b]', new: true });
    expect(given).toEqual([true, 12, 's', 7, 3, cwd, null]);
  });

  test('reports METRIC lines that hpo reads back, and refuses what would be none', () => {
    const lines = play('report').trimEnd().split('\n');
    expect(lines.map((line) => parseLine(line))).toEqual([
      {
        kind: 'metric',
        entries: [
          ['step', 3],
          ['loss', 0.1],
          ['wrong', Number.NaN],
          ['up', Number.POSITIVE_INFINITY],
          ['down', Number.NEGATIVE_INFINITY],
          ['small', 1e-9],
          ['big', 1e30],
        ],
      },
      {
        kind: 'metric',
        entries: [
          ['epoch', 4],
          ['val/loss', 0.25],
          ['top-5', 1],
        ],
      },
      { kind: 'metric', entries: [['final', 2]] },
    ]);
  });

  test('saves nothing and does all steps by hand', () => {
    expect(JSON.parse(play('alone'))).toEqual([[1, 2, 3], []]);
  });

  test('ends at its target, and the next attempt continues after the saved step', () => {
    const cwd = makeProject();
    const folder = join(cwd, 'checkpoints');
    const last = (more: Record<string, string>) =>
      JSON.parse(
        play('train', { cwd, env: { HPO_TRIAL: '0', HPO_CHECKPOINT_DIR: folder, ...more } })
          .trimEnd()
          .split('\n')
          .at(-1) as string,
      );
    expect(last({ HPO_TARGET_STEP: '2' })).toEqual([[1, 2], { sum: 3 }, ['checkpoint-2']]);
    expect(last({ HPO_TARGET_STEP: '' })).toEqual([[3, 4, 5], { sum: 15 }, ['checkpoint-5']]);
  });

  test('syncs what it reported before the checkpoint that makes nobody repeat it', () => {
    const env = { HPO_CHECKPOINT_DIR: join(makeProject(), 'checkpoints') };
    const noted = JSON.parse(play('synced', { env }).split('\n')[1] ?? '');
    expect([noted.includes('output'), noted.at(-1)]).toEqual([true, 'checkpoint']);
  });

  test('saves what a function writes, a file or a folder', () => {
    const folder = join(makeProject(), 'checkpoints');
    play('functions', { env: { HPO_CHECKPOINT_DIR: folder } });
  });

  test('keeps the last whole checkpoint when it is killed in the midst of a save', () => {
    const folder = join(makeProject(), 'checkpoints');
    const env = { HPO_CHECKPOINT_DIR: folder };
    const { signal } = spawnSync(findPython() as string, [SCENES, 'killed'], { env: cleanEnv(env) });
    expect(signal).toBe('SIGKILL');
    expect(readdirSync(folder).sort()).toEqual(['checkpoint-1', 'new']);
    expect(JSON.parse(play('saved', { env }))).toEqual([{ step: 1 }, 1, [2, 3]]);
  });

  test('says in a line that a checkpoint cannot be saved or read, and continues', () => {
    const cwd = makeProject({ file: '' });
    const run = (scene: string, folder: string) =>
      spawnSync(findPython() as string, [SCENES, scene], {
        env: cleanEnv({ HPO_CHECKPOINT_DIR: folder }),
        encoding: 'utf8',
      });
    const full = run('unwritable', join(cwd, 'file', 'checkpoints'));
    expect([full.status, full.stderr]).toEqual([
      0,
      expect.stringMatching(/^hpo\.py: the checkpoint of step 1 could not be saved: .*Not a directory.*\n$/),
    ]);
    const thrown = run('full', join(cwd, 'full'));
    expect([thrown.status, thrown.stderr]).toEqual([
      0,
      'hpo.py: the checkpoint of step 2 could not be saved: RuntimeError: [enforce fail] No space left on device\n',
    ]);
    expect(JSON.parse(thrown.stdout)).toEqual(['checkpoint-1']);
    mkdirSync(join(cwd, 'torn', 'checkpoint-3'), { recursive: true });
    writeFileSync(join(cwd, 'torn', 'checkpoint-3', 'step'), '3');
    writeFileSync(join(cwd, 'torn', 'checkpoint-3', 'state'), 'torn');
    const torn = run('saved', join(cwd, 'torn'));
    expect(torn.stderr).toMatch(
      /^hpo\.py: the checkpoint .* cannot be read, so training starts from the beginning/,
    );
    expect(JSON.parse(torn.stdout)).toEqual([null, 3, [1, 2, 3]]);
    expect(existsSync(join(cwd, 'torn', 'checkpoint-3'))).toBe(true);
  });

  test('begins again, with a line, whatever is wrong with a checkpoint', () => {
    const { status, stdout, stderr } = spawnSync(findPython() as string, [SCENES, 'damaged'], {
      env: cleanEnv({ HPO_CHECKPOINT_DIR: join(makeProject(), 'checkpoints') }),
      encoding: 'utf8',
    });
    const begun = stdout.trimEnd().split('\n');
    expect([status, begun]).toEqual([0, Array.from({ length: 9 }, () => '[null, null, [1, 2]]')]);
    const said = stderr.trimEnd().split('\n');
    expect(said).toHaveLength(9);
    for (const line of said)
      expect(line).toMatch(
        /^hpo\.py: the checkpoint .* cannot be read, so training starts from the beginning: \w+Error/,
      );
  });

  test('ends in its own time where the program asks whether to stop', () => {
    expect(play('stop', { env: { HPO_TRIAL: '1' } })).toBe('ended by itself\n');
  });
});

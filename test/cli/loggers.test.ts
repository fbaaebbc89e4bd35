import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loggers } from '../../src/loggers/registry.js';
import { sceneOf } from '../loggers/scenes.js';
import { makeProject, makeSweep, readCsv, runHpo, spawnHpo, sweepFile, writeFiles } from '../support/cli.js';

test('after a kill -9 the next call recovers what every logger missed', async () => {
  const scenes = loggers.map(({ name }) => ({ name, scene: sceneOf(name) }));
  const cwd = makeProject();
  const calls = await Promise.all(
    scenes.map(async ({ scene: { call } }) =>
      typeof call === 'function' ? call(cwd) : { ...call, logging: {} },
    ),
  );
  const args = ['optimize', ...calls.flatMap(({ flags }) => flags)];
  const env = Object.assign({}, ...calls.map((call) => call.env)) as Record<string, string>;
  const logging = Object.assign({}, ...calls.map((call) => call.logging)) as object;
  writeFiles(cwd, {
    'cfg/sweep.yaml': sweepFile({ trainer: 'gate.sh', parameters: { x: [1, 2] }, logging }),
  });
  const running = spawnHpo(args, { cwd, env });
  await running.says(/trial 0 step 1/);
  await running.says(/trial 1 step 1/);
  running.kill('SIGKILL');
  await running.ended;
  writeFiles(cwd, { go: '' });
  const { stdout: shown } = await runHpo(args, { cwd, env });
  for (const { name, scene } of scenes)
    for (const trial of [0, 1])
      expect(scene.output({ folder: cwd, shown }), name).toMatch(scene.complete(trial));
  const runs = readCsv(join(cwd, 'runs.csv'));
  expect(runs.map(({ objective, epochs }) => [objective, epochs])).toEqual([
    ['1', '2'],
    ['2', '2'],
  ]);
  // Nothing is left to deliver.
  const left = readdirSync(join(cwd, 'outputs/s'));
  for (const journals of ['.wandb', '.mlflow']) expect(left).not.toContain(journals);
});

test('a table that cannot be written is reported once, ends no sweep, and makes the exit code 1', async () => {
  const cwd = makeSweep({
    trainer: 'gate.sh',
    parameters: { x: [1, 2] },
    logging: { local: { csv: 'made/runs.csv' } },
  });
  const running = spawnHpo(['optimize'], { cwd });
  await running.says(/trial 1 step 1/);
  rmSync(join(cwd, 'made'), { recursive: true, force: true });
  writeFiles(cwd, { made: 'in the way', go: '' });
  const { code, stdout } = await running.ended;
  expect(stdout).toMatch(/trial 1 COMPLETE/);
  expect(stdout.match(/error\[csv\.not-writable\]/g)).toHaveLength(1);
  expect(stdout).toContain('table: could not be written');
  expect(code).toBe(1);
});

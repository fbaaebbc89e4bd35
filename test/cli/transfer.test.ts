import { expect, test } from 'vitest';
import { hpo, makeSweep, runHere, sweepFile, writeFiles } from '../support/cli.js';

const parameters = { x: { min: 0, max: 1 } };

test('a sweep starts from earlier studies, its plan says so, and hpo study show how much they count', async () => {
  const cwd = makeSweep({ study: 'a', parameters, sampler: 'random', trials: 6 });
  await hpo(cwd, 'optimize');
  const transfer = { studies: ['a'] };
  const write = (more: object) =>
    writeFiles(cwd, {
      'cfg/sweep.yaml': sweepFile({
        study: 'later',
        sampler: 'auto',
        parameters,
        trials: 8,
        transfer,
        ...more,
      }),
    });
  write({});
  expect(await hpo(cwd, 'optimize', '--dry-run')).toContain(
    '8 trials, starts from 1 earlier study (6 trials)',
  );
  const { stdout, stderr } = await runHere(['optimize'], { cwd });
  expect(stdout + stderr).toContain('starts from 1 earlier study (6 trials)');

  const shown = JSON.parse(await hpo(cwd, 'study', 'show', 'later', '--json')) as Record<string, unknown>;
  expect(shown.transfer).toEqual({
    weight: 'auto',
    studies: [{ study: 'a', storage: null, trials: 6, counts: expect.any(Number) }],
  });
  expect(Object.keys(shown.spec as object)).not.toContain('transfer');
  expect(await hpo(cwd, 'study', 'show', 'later')).toMatch(
    /transfer:\n +weight: auto\n +studies:\n +- study: a/,
  );

  // What they had found is kept: it needs them no more, and takes no others.
  await hpo(cwd, 'study', 'delete', 'a', '--yes');
  expect(await hpo(cwd, 'optimize', '--dry-run')).toContain('starts from 1 earlier study (6 trials)');
  write({ transfer: { studies: ['b'] } });
  const changed = await runHere(['optimize', '--allow-change'], { cwd });
  expect([changed.code, changed.stderr]).toEqual([
    2,
    expect.stringContaining('error[study.transfer-changed]'),
  ]);
  write({ transfer: { ...transfer, weight: 0 } });
  expect(await hpo(cwd, 'optimize', '--dry-run')).toContain('leaves 1 earlier study out (weight 0)');
});

test.each([
  ['a study that is not there', 'gone', 'minimize', 'error[study.not-found]: expected an earlier study gone'],
  [
    'another direction',
    'a',
    'maximize',
    'error[study.transfer-objective]: expected an earlier study with the objective',
  ],
])('%s is refused with its place and a fix, and nothing is stored', async (_, study, direction, message) => {
  const cwd = makeSweep({ study: 'a', parameters, sampler: 'random', trials: 1 });
  await hpo(cwd, 'optimize');
  const objective = { metric: 'loss', direction };
  writeFiles(cwd, {
    'cfg/sweep.yaml': sweepFile({
      study: 'later',
      sampler: 'auto',
      parameters,
      objective,
      transfer: { studies: [study] },
    }),
  });
  for (const more of [[], ['--dry-run']]) {
    const { code, stderr } = await runHere(['optimize', ...more], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^cfg\/sweep\.yaml:\d+:\d+ error/m);
    expect(stderr).toContain('fix: ');
  }
  expect(await hpo(cwd, 'study', 'list')).not.toContain('later');
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeSweep, readCsv, runHere, trialsOf, writeFiles } from '../support/cli.js';

test('a failure shows its reason and the last 20 lines; the first all failing ends the sweep with 1', async () => {
  const cwd = makeSweep({ trainer: 'crash.sh', max_concurrent: 1, parameters: { x: [1, 2, 3, 4, 5] } });
  const { code, stdout } = await runHere(['optimize'], { cwd });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^trial 0 FAIL after .*: exit code 3 /m);
  const tail = stdout.split('\n').filter((line) => line.startsWith('  | '));
  expect(tail.slice(0, 20)).toEqual([
    ...Array.from({ length: 19 }, (_, k) => `  | line ${k + 12}`),
    '  | no space left',
  ]);
  expect(stdout).toContain('study s stopped early: the first trials all failed: 3 fail');
  expect(await trialsOf(cwd, '--state', 'fail')).toHaveLength(3);
  expect(readCsv(join(cwd, 'cfg/runs.csv'))[2]).toMatchObject({
    state: 'FAIL',
    exit_code: '3',
    reason: 'exit code 3',
  });

  // Mended, the rest runs; what failed stays so until it is asked for.
  writeFiles(cwd, { mended: '' });
  expect(await hpo(cwd, 'optimize')).toContain('study s is finished: 2 complete, 3 fail');
  expect(await hpo(cwd, 'optimize')).toContain('nothing was left to run');
  expect(await hpo(cwd, 'optimize', '--retry-failed')).toContain('study s is finished: 5 complete\n');
  const trials = await trialsOf(cwd);
  expect(trials.map(({ attempt, state }) => `${state} ${attempt}`)).toEqual([
    ...Array.from({ length: 3 }, () => 'COMPLETE 2'),
    'COMPLETE 1',
    'COMPLETE 1',
  ]);
  expect(trials.map(({ reason, exitCode }) => [reason, exitCode])).toEqual(
    Array.from({ length: 5 }, () => [null, 0]),
  );
});

test('exit 0 without the objective is a failure, and a sweep of failures alone exits 1', async () => {
  const cwd = makeSweep({ trainer: 'silent.sh', parameters: { x: [1, 2] } });
  const { code, stdout } = await runHere(['optimize', '--json'], { cwd });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    end: 'exhausted',
    counts: { fail: 2, complete: 0 },
    best: null,
  });
  expect((await trialsOf(cwd)).map(({ state, reason, metrics }) => [state, reason, metrics])).toEqual(
    Array.from({ length: 2 }, () => [
      'FAIL',
      'exited 0 without reporting the objective loss; it reported accuracy',
      { accuracy: 1 },
    ]),
  );
  // Each command that is named finds the study.
  const other = await runHere(['optimize', '--study', 'other'], { cwd });
  expect(other.stdout).toContain('\nfailed trials: hpo trials --state fail --study other shows why,');
});

test('a trainer that is gone by the time of a trial fails it with a reason that names it', async () => {
  const cwd = makeSweep({
    trainer: { command: ['./once.sh'] },
    parameters: { x: [1, 2] },
    max_concurrent: 1,
  });
  writeFileSync(join(cwd, 'once.sh'), '#!/bin/sh\nrm "$0"\necho METRIC loss=1\n', { mode: 0o755 });
  const { code, stdout } = await runHere(['optimize'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain(`the trainer's program ${join(cwd, 'once.sh')} does not exist`);
});

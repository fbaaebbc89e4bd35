import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, linesOf, makeSweep, runHere, trainersIn, trialsOf } from '../support/cli.js';

/** The reason with which each kind of bad trainer ends; null: it does well. */
const REASONS: Readonly<Record<string, string | null>> = {
  good: null,
  crash: 'exit code 3',
  killed: 'killed by SIGKILL (exit code 137, often a lack of memory)',
  segfault: 'killed by SIGSEGV (exit code 139)',
  nan: 'the objective loss is NaN',
  'good-for-ever': 'the objective loss is -inf, which is infinitely good: no trial can have reached it',
  silent: 'exited 0 without reporting the objective loss; it printed no METRIC line',
  mute: 'exited 0 without reporting the objective loss; it printed no METRIC line',
  binary: null,
  hang: 'printed no METRIC line for no_progress_timeout 2s',
  flood: 'its log grew beyond max_log_bytes 20MB',
};

test('every bad trainer ends in the right state, for a reason that people understand, and leaves nothing behind', async () => {
  const cwd = makeSweep({
    trainer: 'bad.sh',
    parameters: { how: Object.keys(REASONS) },
    no_progress_timeout: '2s',
    max_log_bytes: '20MB',
  });
  await hpo(cwd, 'optimize');
  const trials = await trialsOf(cwd);
  expect(Object.fromEntries(trials.map(({ params, reason }) => [params.how, reason]))).toEqual(REASONS);
  expect(trials.filter(({ state }) => state !== 'FAIL').map(({ params }) => params.how)).toEqual([
    'good',
    'binary',
  ]);
  expect(linesOf(cwd, 'children')).toHaveLength(5);
  if (process.platform === 'linux') expect(trainersIn(cwd)).toEqual([]);
  const flood = trials.findIndex(({ params }) => params.how === 'flood');
  const log = join(cwd, `outputs/s/trial-${String(flood).padStart(5, '0')}.log`);
  expect(statSync(log).size).toBeGreaterThan(20_000_000);
});

test('a trial that runs too long fails with its whole process tree, whatever signals it ignores, and the sweep continues', async () => {
  const cwd = makeSweep({ trainer: 'bad.sh', parameters: { how: ['deaf', 'good'] }, max_concurrent: 1 });
  const text = await hpo(cwd, 'optimize', '--trial-timeout', '700ms');
  expect(text).toMatch(/trial 0 FAIL after .*: ran longer than trial_timeout 700ms/);
  expect((await trialsOf(cwd)).map(({ state, exitCode }) => [state, exitCode])).toEqual([
    ['FAIL', 137],
    ['COMPLETE', 0],
  ]);
  if (process.platform === 'linux') expect(trainersIn(cwd)).toEqual([]);
});

test('children of a successful trainer are left running', async () => {
  const command = ['sh', '-c', 'setsid sleep 1000 >/dev/null 2>&1 & echo METRIC loss=1'];
  const cwd = makeSweep({ trainer: { command }, parameters: { x: [1] } });
  await hpo(cwd, 'optimize');
  if (process.platform === 'linux') expect(trainersIn(cwd)).toHaveLength(1);
});

test('--retries tries a failing trial again; --max-failures ends a failing sweep with 1, and it can be resumed', async () => {
  const cwd = makeSweep({ trainer: 'crash.sh', max_concurrent: 1, parameters: { x: [1, 2, 3, 4, 5] } });
  const flags = ['--retries', '1', '--max-failures', '2'];
  const { code, stdout } = await runHere(['optimize', ...flags], { cwd });
  expect(code).toBe(1);
  expect(stdout).toContain('trial 0 is queued again: retry 1 of 1 after: exit code 3');
  expect(stdout).toContain('max_failures is reached: no new trials; running ones finish');
  expect(stdout).toContain('as many trials as max_failures allows have failed');
  const tried = async () => (await trialsOf(cwd)).map(({ state, attempt }) => `${state} ${attempt}`);
  expect(await tried()).toEqual(['FAIL 2', 'FAIL 2']);
  const next = await runHere(['optimize', '--max-consecutive-failures', '1'], { cwd });
  expect([next.code, next.stdout]).toEqual([1, expect.stringContaining('in a row')]);
  expect(await tried()).toEqual(['FAIL 2', 'FAIL 2', 'FAIL 1']);
});

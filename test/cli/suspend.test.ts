import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  linesOf,
  makeSweep,
  pass,
  spawnHpo,
  trainersIn,
  trialsOf,
  until,
  writeFiles,
} from '../support/cli.js';

const bytesOfLog = (cwd: string) => statSync(`${cwd}/outputs/s/trial-00000.log`).size;
const starts = (cwd: string) => linesOf(cwd, 'events').filter((line) => line.startsWith('start'));

async function started(more: Record<string, unknown>) {
  const cwd = makeSweep({ trainer: 'steady.sh', parameters: { x: [1] }, ...more });
  const running = spawnHpo(['optimize'], { cwd });
  await running.says(/trial 0 step/);
  return { cwd, running };
}

test('hpo that is suspended for longer than its limits ends no trainer that went on reporting meanwhile', async () => {
  const { cwd, running } = await started({ no_progress_timeout: '1s' });
  running.kill('SIGSTOP');
  await pass(1500);
  running.kill('SIGCONT');
  // An interval after the wake.
  await pass(1200);
  writeFiles(cwd, { go: '' });
  const { code, stdout } = await running.ended;
  expect([code, stdout]).toEqual([0, expect.stringContaining('1 complete')]);
  expect(starts(cwd)).toHaveLength(1);
});

test('a trainer that ended well while hpo was suspended broke no limit', async () => {
  const { cwd, running } = await started({ no_progress_timeout: '1s', trial_timeout: '3s' });
  running.kill('SIGSTOP');
  writeFiles(cwd, { go: '' });
  await until(() => trainersIn(cwd).length === 0);
  await pass(3500);
  running.kill('SIGCONT');
  expect((await running.ended).stdout).toContain('1 complete');
});

test('a trainer that was suspended together with hpo gets another full interval', async () => {
  const { cwd, running } = await started({ no_progress_timeout: '2s' });
  const trainer = Number(starts(cwd)[0]?.split(' ')[2]);
  running.kill('SIGSTOP');
  process.kill(trainer, 'SIGSTOP');
  await pass(2500);
  const reported = bytesOfLog(cwd);
  running.kill('SIGCONT');
  // hpo wakes first, and sees a log that has not changed for longer than its limit.
  await pass(1000);
  process.kill(trainer, 'SIGCONT');
  await until(() => bytesOfLog(cwd) > reported);
  writeFiles(cwd, { go: '' });
  expect((await running.ended).stdout).toContain('1 complete');
});

test('a trainer that hangs while hpo is suspended is ended all the same, an interval after the wake', async () => {
  const { cwd, running } = await started({ no_progress_timeout: '1s', retries: 0 });
  running.kill('SIGSTOP');
  writeFiles(cwd, { hang: '' });
  await pass(1500);
  running.kill('SIGCONT');
  const { code, stdout } = await running.ended;
  expect(code).toBe(1);
  expect(stdout).toContain('printed no METRIC line for no_progress_timeout 1s');
  expect(trainersIn(cwd)).toEqual([]);
});

test('limits hold for an attempt that was reattached after a kill -9', async () => {
  const { cwd, running } = await started({ no_progress_timeout: '1s' });
  running.kill('SIGKILL');
  await running.ended;
  writeFiles(cwd, { hang: '' });
  const next = spawnHpo(['optimize'], { cwd });
  await next.says(/trial 0 reattached/);
  expect((await next.ended).code).toBe(1);
  expect(trainersIn(cwd)).toEqual([]);
  expect((await trialsOf(cwd)).map(({ state, reason, attempt }) => [state, reason, attempt])).toEqual([
    ['FAIL', 'printed no METRIC line for no_progress_timeout 1s', 1],
  ]);
});

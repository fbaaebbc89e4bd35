import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  hpo,
  linesOf,
  makeSweep,
  runHere,
  spawnHpo,
  startedHpo,
  trainersIn,
  trialsOf,
  until,
  writeFiles,
} from '../support/cli.js';

const gates = { trainer: 'gate.sh', parameters: { x: [1, 2, 3, 4] } };
const starts = (cwd: string) => linesOf(cwd, 'events').filter((line) => line.startsWith('start'));

/** A sweep whose two slots are taken by trials that wait. */
async function started(more: Record<string, unknown> = {}) {
  const cwd = makeSweep({ ...gates, ...more });
  const running = spawnHpo(['optimize'], { cwd });
  await until(() => starts(cwd).length === 2);
  await running.says(/trial 0 step 1/);
  await running.says(/trial 1 step 1/);
  return { cwd, running };
}

test('Ctrl-C once: no new launches, running trials finish, 130; the next call resumes', async () => {
  const { cwd, running } = await started();
  running.kill('SIGINT');
  await running.says(/no new trials/);
  expect(trainersIn(cwd).length).toBeGreaterThan(0);
  writeFiles(cwd, { go: '' });
  const { code, stdout } = await running.ended;
  expect(code).toBe(130);
  expect(stdout).toContain('study s was interrupted; the same command resumes it: 2 complete');
  expect(starts(cwd)).toHaveLength(2);
  expect(await hpo(cwd, 'optimize')).toContain('study s is finished: 4 complete');
  expect(starts(cwd).sort()).toEqual(['start 0', 'start 1', 'start 2', 'start 3']);
  expect((await trialsOf(cwd)).map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
});

test('--trials +N after Ctrl-C, and after kill -9, resumes to the same total; after its end it adds N again', async () => {
  const cwd = makeSweep({ ...gates, sampler: 'random', parameters: { x: { min: 0, max: 1 } } });
  const more = ['optimize', '--trials', '+5'];
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const before = starts(cwd).length;
    const running = spawnHpo(more, { cwd });
    await until(() => starts(cwd).length === (signal === 'SIGINT' ? 2 : before + 2));
    running.kill(signal);
    if (signal === 'SIGINT') await running.says(/no new trials/);
    writeFiles(cwd, { go: '' });
    await running.ended;
    if (signal === 'SIGINT') rmSync(join(cwd, 'go'));
  }
  const { stdout, stderr } = await runHere(more, { cwd });
  expect(`${stdout}${stderr}`).toContain(
    '--trials +5 resumes the call that was interrupted, up to its 5 trials',
  );
  expect(await trialsOf(cwd)).toHaveLength(5);
  await hpo(cwd, ...more);
  expect(await trialsOf(cwd)).toHaveLength(10);
});

test('Ctrl-C twice: running trials are stopped and queued again, 130; the next call resumes them', async () => {
  const { cwd, running } = await started();
  running.kill('SIGINT');
  await running.says(/no new trials/);
  running.kill('SIGINT');
  const { code } = await running.ended;
  expect(code).toBe(130);
  expect(trainersIn(cwd)).toEqual([]);
  const queued = await trialsOf(cwd);
  expect(queued.map(({ state, epochs }) => [state, epochs])).toEqual([
    ['QUEUED', 0],
    ['QUEUED', 0],
  ]);
  writeFiles(cwd, { go: '' });
  await hpo(cwd, 'optimize');
  const trials = await trialsOf(cwd);
  expect(trials.map(({ state, attempt, values }) => [state, attempt, values?.[0]])).toEqual([
    ['COMPLETE', 2, 1],
    ['COMPLETE', 2, 2],
    ['COMPLETE', 1, 3],
    ['COMPLETE', 1, 4],
  ]);
  // The seed is the trial's, not the attempt's.
  expect(trials.slice(0, 2).map(({ seed }) => seed)).toEqual(queued.map(({ seed }) => seed));
});

test('SIGTERM: stopped and queued again, 143', async () => {
  const { cwd, running } = await started();
  running.kill('SIGTERM');
  const { code, stdout } = await running.ended;
  expect(code).toBe(143);
  expect(stdout).toContain('trial 0 is queued again: the sweep was interrupted');
  expect(trainersIn(cwd)).toEqual([]);
  expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(['QUEUED', 'QUEUED']);
});

test.each([
  ['SIGHUP', 129],
  ['SIGKILL', null],
] as const)(
  '%s: trainers run on, and the next call reattaches them without a second start',
  async (signal, exit) => {
    const { cwd, running } = await started();
    running.kill(signal);
    expect((await running.ended).code).toBe(exit);
    expect(trainersIn(cwd).length).toBeGreaterThan(0);
    const next = spawnHpo(['optimize'], { cwd });
    await next.says(/trial 0 reattached on cpu: x=1/);
    await next.says(/trial 1 reattached on cpu: x=2/);
    writeFiles(cwd, { go: '' });
    const { code, stdout } = await next.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('study s is finished: 4 complete');
    expect(starts(cwd).sort()).toEqual(['start 0', 'start 1', 'start 2', 'start 3']);
    const trials = await trialsOf(cwd);
    expect(trials.map(({ attempt, values, epochs }) => [attempt, values?.[0], epochs])).toEqual([
      [1, 1, 2],
      [1, 2, 2],
      [1, 3, 2],
      [1, 4, 2],
    ]);
  },
);

test('what ended while nobody watched is recorded by the next call', async () => {
  const { cwd, running } = await started({ parameters: { x: [1, 2] } });
  running.kill('SIGKILL');
  await running.ended;
  writeFiles(cwd, { go: '' });
  await until(() => trainersIn(cwd).length === 0);
  expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(['RUNNING', 'RUNNING']);
  expect(await hpo(cwd, 'optimize')).toContain('study s is finished: 2 complete');
  expect(starts(cwd)).toHaveLength(2);
});

test('hpo stop ends one trial politely and the sweep continues', async () => {
  const { cwd, running } = await started({ parameters: { x: [1, 2, 3] } });
  expect(await hpo(cwd, 'stop', '1')).toBe('trial 1 was stopped; the sweep continues\n');
  await running.says(/trial 1 PRUNED with 5 after .*: stopped by hpo stop/);
  await until(() => starts(cwd).length === 3);
  writeFiles(cwd, { go: '' });
  expect((await running.ended).code).toBe(0);
  const states = (await trialsOf(cwd)).map(({ state, values, reason }) => [state, values?.[0], reason]);
  expect(states).toEqual([
    ['COMPLETE', 1, null],
    ['PRUNED', 5, 'stopped by hpo stop'],
    ['COMPLETE', 3, null],
  ]);
});

test('two calls at once share a study: every configuration runs once', async () => {
  const cwd = makeSweep({ trainer: 'brief.sh', parameters: { x: [1, 2, 3, 4, 5, 6, 7, 8] } });
  await hpo(cwd, 'study', 'create');
  const both = await Promise.all([startedHpo(cwd, 'optimize'), startedHpo(cwd, 'optimize')]);
  expect(both.join('')).toContain('study s is finished: 8 complete');
  expect(starts(cwd).sort()).toEqual(Array.from({ length: 8 }, (_, k) => `start ${k}`));
  expect((await trialsOf(cwd)).map(({ params }) => params.x).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

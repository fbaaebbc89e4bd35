import { expect, test } from 'vitest';
import {
  hpo,
  linesOf,
  makeSweep,
  runHere,
  spawnHpo,
  trainersIn,
  trialsOf,
  until,
  writeFiles,
} from '../support/cli.js';

const gates = { trainer: 'gate.sh', parameters: { x: [1, 2, 3, 4, 5, 6] } };
const starts = (cwd: string) => linesOf(cwd, 'events').filter((line) => line.startsWith('start'));
const opens = (cwd: string, ...trials: readonly number[]) =>
  writeFiles(cwd, Object.fromEntries(trials.map((trial) => [`go-${trial}`, ''])));
const statesOf = async (cwd: string) => (await trialsOf(cwd)).map(({ state }) => state);

test('a pause stops the launches of every orchestrator, which start again after hpo resume', async () => {
  const cwd = makeSweep({ ...gates, max_concurrent: 1 });
  const first = spawnHpo(['optimize'], { cwd });
  await until(() => starts(cwd).length === 1);
  const second = spawnHpo(['optimize', '--csv', 'other.csv'], { cwd });
  await until(() => starts(cwd).length === 2);
  expect(await hpo(cwd, 'pause')).toContain('study s is paused');
  await Promise.all([first.says(/the study is paused/), second.says(/the study is paused/)]);
  opens(cwd, 0, 1);
  await Promise.all([first.says(/COMPLETE.*paused/), second.says(/COMPLETE.*paused/)]);
  expect(await hpo(cwd, 'pause')).toContain('was paused already');
  expect(await hpo(cwd, 'study', 'list')).toContain('s (paused)');
  expect(JSON.parse(await hpo(cwd, 'study', 'list', '--json'))).toMatchObject([{ name: 's', paused: true }]);
  expect(await hpo(cwd, 'study', 'show', 's')).toContain('paused: true');
  expect(starts(cwd)).toHaveLength(2);
  writeFiles(cwd, { go: '' });
  expect(await hpo(cwd, 'resume')).toContain('study s is resumed');
  const ended = await Promise.all([first.ended, second.ended]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  expect(await statesOf(cwd)).toEqual(Array(6).fill('COMPLETE'));
  expect(starts(cwd)).toHaveLength(6);
  expect(await hpo(cwd, 'resume')).toContain('was not paused');
  expect(await hpo(cwd, 'study', 'list')).not.toContain('paused');
});

test('a pause outlives a killed orchestrator: the next call says so and waits, until Ctrl-C', async () => {
  const cwd = makeSweep(gates);
  const killed = spawnHpo(['optimize'], { cwd });
  await until(() => starts(cwd).length === 2);
  await hpo(cwd, 'pause');
  await killed.says(/the study is paused/);
  killed.kill('SIGKILL');
  await killed.ended;
  writeFiles(cwd, { go: '' });
  const waiting = spawnHpo(['optimize'], { cwd });
  await waiting.says(/the study is paused/);
  await until(() => linesOf(cwd, 'events').filter((line) => line.startsWith('end')).length === 2);
  await waiting.says(/trial 1 COMPLETE/);
  await waiting.says(/trial 0 COMPLETE/);
  waiting.kill('SIGINT');
  const { code, stdout } = await waiting.ended;
  expect(code).toBe(130);
  expect(stdout).toContain('2 complete');
  expect(starts(cwd)).toHaveLength(2);
});

test('hpo optimize --resume resumes a paused study', async () => {
  const cwd = makeSweep({ parameters: { x: [1, 2] } });
  await hpo(cwd, 'study', 'create');
  await hpo(cwd, 'pause');
  const output = await hpo(cwd, 'optimize', '--resume');
  expect(output).toContain('the study was paused and is resumed');
  expect(await statesOf(cwd)).toEqual(['COMPLETE', 'COMPLETE']);
  // One that has all its trials ends, though it is paused.
  await hpo(cwd, 'pause');
  expect(await hpo(cwd, 'optimize')).toContain('2 complete');
});

test('hpo stop without a number ends the sweep of another process, and the next call continues its trials', async () => {
  const cwd = makeSweep({ ...gates, max_concurrent: 2 });
  const none = await runHere(['study', 'create'], { cwd }).then(() => runHere(['stop'], { cwd }));
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('error[sweep.not-running]') });
  const running = spawnHpo(['optimize'], { cwd });
  await until(() => starts(cwd).length === 2);
  expect(await hpo(cwd, 'stop')).toContain('the sweep of study s will end within seconds');
  const { stdout } = await running.ended;
  expect(stdout).toContain('2 queued');
  expect(await trainersIn(cwd)).toEqual([]);
  expect(JSON.parse(await hpo(cwd, 'study', 'list', '--json'))).toMatchObject([{ state: 'interrupted' }]);
  writeFiles(cwd, { go: '' });
  // The wish was that of the sweep that ended.
  expect(await hpo(cwd, 'optimize')).toContain('6 complete');
  expect(await hpo(cwd, 'stop', '--assume-ended').catch(String)).toContain('stop.which');
});

test('max_concurrent goes up and down while the sweep runs', async () => {
  const cwd = makeSweep({ ...gates, max_concurrent: 1 });
  const running = spawnHpo(['optimize'], { cwd });
  await until(() => starts(cwd).length === 1);
  expect(await hpo(cwd, 'set', 'max_concurrent=3')).toContain('study s: max_concurrent=3');
  await until(() => starts(cwd).length === 3);
  await hpo(cwd, 'set', 'max-concurrent=1');
  await running.says(/limits changed by hpo set: max_concurrent=1/);
  opens(cwd, 0, 1);
  await running.says(/trial 0 COMPLETE/);
  await running.says(/trial 1 COMPLETE/);
  // Trial 2 runs alone: the next one starts when it has ended.
  expect(starts(cwd)).toHaveLength(3);
  writeFiles(cwd, { go: '' });
  expect((await running.ended).code).toBe(0);
  expect(starts(cwd)).toHaveLength(6);
});

test('more trials reach a sweep that only waits for its last one', async () => {
  const cwd = makeSweep({ ...gates, sampler: 'random', parameters: { x: { min: 0, max: 1 } }, trials: 2 });
  const running = spawnHpo(['optimize'], { cwd });
  await until(() => starts(cwd).length === 2);
  opens(cwd, 0);
  await running.says(/trial 0 COMPLETE/);
  expect(JSON.parse(await hpo(cwd, 'set', 'trials=+2', '--json'))).toEqual({
    schema: 'hpo.set/1',
    study: 's',
    changed: { trials: 4 },
    limits: { trials: 4 },
  });
  await until(() => starts(cwd).length === 3);
  writeFiles(cwd, { go: '' });
  const { code, stdout } = await running.ended;
  expect([code, stdout]).toEqual([0, expect.stringContaining('/4')]);
  expect(await statesOf(cwd)).toEqual(Array(4).fill('COMPLETE'));
});

test('a new trial_timeout reaches a running trial', async () => {
  const cwd = makeSweep({ ...gates, parameters: { x: [1] } });
  const running = spawnHpo(['optimize'], { cwd });
  await running.says(/trial 0 step 1/);
  await hpo(cwd, 'set', 'trial_timeout=100ms');
  const { stdout } = await running.ended;
  expect(stdout).toContain('ran longer than trial_timeout 100ms');
  expect(trainersIn(cwd)).toEqual([]);
});

test('a timeout that has passed already ends the launches at once', async () => {
  const cwd = makeSweep(gates);
  const running = spawnHpo(['optimize'], { cwd });
  await until(() => starts(cwd).length === 2);
  await hpo(cwd, 'set', 'timeout=1ms');
  await running.says(/the time is up/);
  writeFiles(cwd, { go: '' });
  await running.ended;
  expect(starts(cwd)).toHaveLength(2);
});

test('what hpo set changed ends with the next hpo optimize, which says what it replaces', async () => {
  const cwd = makeSweep({ sampler: 'random', parameters: { x: { min: 0, max: 1 } }, trials: 2 });
  await hpo(cwd, 'study', 'create');
  await hpo(cwd, 'set', 'trials=9', 'timeout=1h', 'max_concurrent=2');
  const output = await hpo(cwd, 'optimize');
  expect(output).toContain('note: the sweep file and the flags replace what hpo set changed');
  expect(output).toContain('trials=9 (this call: trials=2)');
  expect(output).toContain('timeout=1h (this call: timeout=none)');
  expect(output).not.toContain('max_concurrent=2 (');
  expect(await statesOf(cwd)).toEqual(['COMPLETE', 'COMPLETE']);
  expect(await hpo(cwd, 'optimize')).not.toContain('note: the sweep file');
});

test('a running sweep starts a failed trial that hpo retry queued, with its number and seed', async () => {
  const cwd = makeSweep({
    ...gates,
    trainer: 'fails-then-gates.sh',
    parameters: { x: [1, 2] },
    max_concurrent: 1,
  });
  const running = spawnHpo(['optimize'], { cwd });
  await running.says(/trial 0 FAIL/);
  await until(() => starts(cwd).length === 1);
  writeFiles(cwd, { mended: '' });
  expect(await hpo(cwd, 'retry', '0')).toContain('trial 0 is queued again');
  expect((await runHere(['retry', '0'], { cwd })).stderr).toContain('error[retry.not-failed]');
  writeFiles(cwd, { go: '' });
  const { code } = await running.ended;
  expect(code).toBe(0);
  const trials = await trialsOf(cwd);
  expect(trials.map(({ state, attempt }) => [state, attempt])).toEqual([
    ['COMPLETE', 2],
    ['COMPLETE', 1],
  ]);
  expect(await hpo(cwd, 'retry', '--failed')).toContain('no failed trial to queue again');
});

test('notes and tags stay with a trial', async () => {
  const cwd = makeSweep({ parameters: { x: [1, 2] } });
  await hpo(cwd, 'optimize');
  expect(await hpo(cwd, 'trials')).not.toContain('note');
  await hpo(cwd, 'note', '1', 'diverged \u{1f600} "late"', '--tag', 'paper', '--tag', 'old');
  await hpo(cwd, 'note', '1', '--untag', 'old', '--tag', 'new');
  expect(await hpo(cwd, 'trials')).toMatch(/note +tags/);
  const [first, second] = JSON.parse(await hpo(cwd, 'trials', '--json')) as {
    note: unknown;
    tags: unknown;
  }[];
  expect(first).toMatchObject({ note: null, tags: [] });
  expect(second).toMatchObject({ note: 'diverged \u{1f600} "late"', tags: ['paper', 'new'] });
  // Without a text they are shown, and stay.
  expect(await hpo(cwd, 'note', '1')).toBe(
    'trial 1 has note "diverged \u{1f600} \\"late\\"" and tags paper, new\n',
  );
  expect(await hpo(cwd, 'note', '0')).toBe('trial 0 has no note\n');
  expect(JSON.parse(await hpo(cwd, 'note', 'study', '--json'))).toEqual({
    schema: 'hpo.note/1',
    study: 's',
    trial: null,
    note: null,
    tags: [],
  });
  await hpo(cwd, 'note', '1', 'x'.repeat(5000));
  expect(JSON.parse(await hpo(cwd, 'note', '1', '', '--json'))).toEqual({
    schema: 'hpo.note/1',
    study: 's',
    trial: 1,
    note: null,
    tags: ['paper', 'new'],
  });
});

test.each([
  [['set', 'trials=soon'], /error\[set\.bad-value\]: trials: expected a whole number or none, got "soon"/],
  [
    ['set', 'speed=9'],
    /error\[set\.unknown\].*"speed"[\s\S]*trials, budget, max_epochs, timeout, patience, trial_timeout/,
  ],
  [['set', 'trials'], /error\[set\.bad-pair\]/],
  [['set', 'trials=1', 'trials=2'], /error\[set\.twice\]/],
  [['set', 'trial_timeout=0'], /error\[set\.bad-value\]: trial_timeout: expected a duration/],
  [['set', 'max_concurrent=0'], /error\[set\.bad-value\]: max_concurrent: expected a whole number from 1/],
  [['set'], /missing required argument/],
  [['note', '0'], /error\[trial\.not-found\]: study s has no trial 0/],
  [['note', '9', 'text'], /error\[trial\.not-found\]: study s has no trial 9/],
  [['note', 'x', 'text'], /expected a whole number/],
  [['retry'], /error\[retry\.what\]/],
  [['retry', '1', '--failed'], /error\[retry\.what\]/],
  [['retry', '9'], /error\[trial\.not-found\]/],
  [['pause', '--study', 'other'], /error\[study\.not-found\]/],
  [['resume', 'now'], /too many arguments/],
])('nonsense exits 2 and says what was expected: %j', async (args, expected) => {
  const cwd = makeSweep();
  await hpo(cwd, 'study', 'create');
  const { code, stderr } = await runHere(args, { cwd });
  expect([code, stderr]).toEqual([2, expect.stringMatching(expected)]);
  expect(stderr).not.toMatch(/\n {4}at /);
});

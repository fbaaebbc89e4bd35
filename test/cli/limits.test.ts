import { expect, test } from 'vitest';
import { hpo, makeSweep, runHere, sweepFile, trialsOf, writeFiles } from '../support/cli.js';

test('--target and --epochs, or the same keys of the file, end a sweep; a further call says so again', async () => {
  const cwd = makeSweep({ parameters: { x: [5, 4, 3, 2, 1] }, max_concurrent: 1, target: 3 });
  const reached = await hpo(cwd, 'optimize');
  expect(reached).toContain('the target is reached: no new trials; running ones finish');
  expect(reached).toContain('study s has reached its target: 3 complete');
  expect(await hpo(cwd, 'optimize')).toContain('3 complete (nothing was left to run)');
  expect(await hpo(cwd, 'optimize', '--target', '2')).toContain('has reached its target: 4 complete');
  expect(await hpo(cwd, 'optimize', '--target', '0', '--epochs', '8')).toContain(
    'study s has spent its budget of epochs: 4 complete',
  );
  const endless = { parameters: { x: { min: 0, max: 1 } }, sampler: 'random', max_concurrent: 1 };
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ ...endless, study: 'r', epochs: 7 }) });
  const spent = await hpo(cwd, 'optimize');
  expect(spent).toContain('random: trials until 7 epochs are reported');
  expect(spent).toContain('study r has spent its budget of epochs: 4 complete');
});

test('a file may say how long a call starts trials', async () => {
  const cwd = makeSweep({ parameters: { x: { min: 0, max: 1 } }, sampler: 'random', timeout: '300ms' });
  expect(await hpo(cwd, 'optimize')).toContain('stopped: the time is up');
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ timeout: 'soon' }) });
  const { code, stderr } = await runHere(['optimize'], { cwd });
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('expected a duration such as 90s, 45m, 2h or 1h30m'),
  ]);
});

test('configurations that break a limit are never the best', async () => {
  const constraints = ['x >= 2', 'loss <= 3.5'];
  const cwd = makeSweep({ parameters: { x: [1, 2, 3, 4] }, trainer: 'both.sh', constraints });
  const text = await hpo(cwd, 'optimize');
  expect(text).toContain('trial 0 COMPLETE with 1 after');
  expect(text).toContain('(breaks a limit)');
  expect(text).toContain('best loss 2 (trial 1): x=2');
  const best = JSON.parse(await hpo(cwd, 'best', '--json'));
  expect(best.map((each: { value: number; feasible: boolean }) => [each.value, each.feasible])).toEqual([
    [2, true],
    [3, true],
    [1, false],
    [4, false],
  ]);
  expect(await hpo(cwd, 'trials')).toMatch(/0 +COMPLETE +1 +infeasible +1 /);
  expect(await hpo(cwd, 'best', '--top', '3')).toBe(
    [
      'loss  limits      n  trials  x',
      '   2              1       1  2',
      '   3              1       2  3',
      '   1  infeasible  1       0  1',
      '',
    ].join('\n'),
  );
  // Another limit would judge the trials that are there by another measure.
  writeFiles(cwd, {
    'cfg/sweep.yaml': sweepFile({
      parameters: { x: [1, 2, 3, 4] },
      trainer: 'both.sh',
      constraints: ['x >= 3', 'loss <= 3.5'],
    }),
  });
  const { code, stderr } = await runHere(['optimize'], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining('constraints (limits)')]);
});

test('no configuration keeps the limits: the summary and hpo best say so', async () => {
  const cwd = makeSweep({ trainer: 'both.sh', constraints: ['x >= 9'] });
  expect(await hpo(cwd, 'optimize')).toContain('no configuration keeps the limits: x >= 9');
  expect(await hpo(cwd, 'best')).toContain('no configuration keeps the limits: x >= 9');
  // A trial that is told by hand needs the metric too.
  const own = makeSweep({ constraints: ['mb <= 9'] });
  await hpo(own, 'ask');
  const refused = await runHere(['tell', '0', '1'], { cwd: own });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('error[tell.no-metric]')]);
  await hpo(own, 'report', '0', 'mb=10');
  await hpo(own, 'tell', '0', '1');
  expect((await trialsOf(own))[0]).toMatchObject({ state: 'COMPLETE' });
  expect(JSON.parse(await hpo(own, 'best', '--json'))).toMatchObject([{ value: 1, feasible: false }]);
});

test('a target says nothing where there are several objectives', async () => {
  const objectives = ['loss', 'x'].map((metric) => ({ metric, direction: 'minimize' }));
  const more = { objective: undefined, objectives, trainer: 'both.sh' };
  const cwd = makeSweep({ ...more, target: 1 });
  const inFile = await runHere(['optimize'], { cwd });
  expect([inFile.code, inFile.stderr]).toEqual([
    2,
    expect.stringContaining('error[config.target-objectives]'),
  ]);
  const other = makeSweep(more);
  const { code, stderr } = await runHere(['optimize', '--target', '1'], { cwd: other });
  expect([code, stderr]).toEqual([2, expect.stringContaining('error[optimize.target-objectives]')]);
});

test('the summary says after how many trials without an improvement a sweep ended', async () => {
  const cwd = makeSweep({ parameters: { x: [3, 2, 4, 5, 6, 7] }, max_concurrent: 1, patience: 2 });
  const text = await hpo(cwd, 'optimize');
  expect(text).toContain('study s has found nothing better for a while: 4 complete');
  expect(text).toContain('why: 2 complete trials without an improvement since trial 1 (patience 2)');
  const again = JSON.parse(await hpo(cwd, 'optimize', '--patience', '3', '--json'));
  expect(again).toMatchObject({ end: 'patience', detail: expect.stringContaining('(patience 3)') as string });
  expect(again.counts.complete).toBe(5);
});

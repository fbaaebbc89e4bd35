import { expect, test } from 'vitest';
import { hpo, makeSweep, runHere, runHpo, trialsOf } from '../support/cli.js';

test('a program that drives itself: ask, report, tell; optimize leaves its trials alone', async () => {
  const cwd = makeSweep({
    parameters: { x: [1, 2, 3, 4, 5] },
    seeds: [9],
    pruner: { name: 'median', startup_trials: 1 },
  });
  const first = JSON.parse(await hpo(cwd, 'ask', '--json'));
  expect(first).toEqual({ schema: 'hpo.ask/1', study: 's', trial: 0, params: { x: 1 }, seed: 9 });
  expect(await hpo(cwd, 'report', '0', '--step', '1', 'loss=0.5', 'acc=nan')).toBe('continue\n');
  // Others are judged at steps before the last one that a complete trial has reported.
  expect(await hpo(cwd, 'report', '0', '--step', '2', 'loss=0.5')).toBe('continue\n');
  expect(await hpo(cwd, 'tell', '0', '-0.5')).toBe('trial 0 is complete with -0.5\n');

  expect(await hpo(cwd, 'ask')).toBe('trial 1 seed=9 x=2\n');
  const verdict = JSON.parse(await hpo(cwd, 'report', '1', '--step', '1', 'loss=7', '--json'));
  expect(verdict).toMatchObject({ study: 's', trial: 1, prune: true });
  expect(verdict.reason).toContain('worse than the median 0.5');
  expect(await hpo(cwd, 'tell', '1', '--state', 'pruned')).toBe('trial 1 is pruned with 7\n');

  await hpo(cwd, 'ask');
  await hpo(cwd, 'tell', '2', '--state', 'fail', '--reason', 'out of memory');
  await hpo(cwd, 'ask');
  await hpo(cwd, 'optimize', '--retry-failed');
  expect(
    (await trialsOf(cwd)).map(({ state, values, reason, attempt }) => [state, values, reason, attempt]),
  ).toEqual([
    ['COMPLETE', [-0.5], null, 0],
    ['PRUNED', [7], null, 0],
    ['FAIL', null, 'out of memory', 0],
    ['RUNNING', null, null, 0],
    // Run by hpo itself, and judged at once by the same pruner.
    ['PRUNED', [9], expect.stringContaining('worse than the median 0.5'), 1],
  ]);
  const foreign = await runHpo(['stop', '3'], { cwd });
  expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringContaining('error[trial.not-ours]')]);
  expect(await hpo(cwd, 'tell', '3', '-1e-3')).toContain('-0.001');
  const none = await runHere(['ask', '--json'], { cwd });
  expect([none.code, JSON.parse(none.stdout)]).toEqual([
    1,
    { schema: 'hpo.exhausted/1', study: 's', exhausted: expect.any(String) },
  ]);

  const mistakes: [string[], string][] = [
    [['tell', '0', '1'], 'trial.finished'],
    [['tell', '17', '1'], 'trial.not-found'],
    [['stop', '3'], 'trial.finished'],
    [['report', '0', 'loss'], 'usage.argument'],
  ];
  for (const [args, code] of mistakes) {
    const ran = await runHere(args, { cwd });
    expect([args, ran.code, ran.stderr]).toEqual([args, 2, expect.stringContaining(`error[${code}]`)]);
  }
  // A value is needed for a complete trial, and NaN is none.
  const cwd2 = makeSweep();
  await hpo(cwd2, 'ask');
  for (const args of [
    ['tell', '0'],
    ['tell', '0', 'nan'],
  ]) {
    const ran = await runHere(args, { cwd: cwd2 });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('error[tell.no-value]')]);
  }
  // What is infinitely good fails the trial, what is infinitely bad is its value.
  await hpo(cwd2, 'ask');
  expect(await hpo(cwd2, 'tell', '0', '-1e400')).toContain('trial 0 is fail: the objective loss is -inf');
  expect(await hpo(cwd2, 'tell', '1', '1e400')).toContain('trial 1 is complete with Infinity');
});

test('ask -n hands out several configurations at once, and fewer where fewer are left', async () => {
  const cwd = makeSweep({ parameters: { x: [1, 2, 3, 4, 5] }, seeds: [9] });
  const batch = JSON.parse(await hpo(cwd, 'ask', '-n', '3', '--json'));
  expect(batch).toEqual(
    [1, 2, 3].map((x, trial) => ({ schema: 'hpo.ask/1', study: 's', trial, params: { x }, seed: 9 })),
  );
  expect(JSON.parse(await hpo(cwd, 'ask', '-n', '1', '--json'))).toHaveLength(1);
  expect(await hpo(cwd, 'ask', '--count', '9')).toBe('trial 4 seed=9 x=5\n');
  const none = await runHere(['ask', '-n', '2'], { cwd });
  expect([none.code, none.stdout]).toEqual([1, expect.stringMatching(/^nothing left to ask for: /)]);
  for (const count of ['0', '1.5', 'x', '10001']) {
    const { code, stderr } = await runHere(['ask', '-n', count], { cwd });
    expect([count, code, stderr]).toEqual([count, 2, expect.stringContaining('expected a whole number')]);
  }
});

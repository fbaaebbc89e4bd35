import { expect, test } from 'vitest';
import {
  hpo,
  linesOf,
  makeSweep,
  runHere,
  spawnHpo,
  sweepFile,
  trialsOf,
  until,
  writeFiles,
} from '../support/cli.js';

const SCRIPT = 'echo "METRIC step=1 loss=1 cost_usd=1"; echo "METRIC step=2 loss=1 cost_usd=2.5"';
const endless = {
  parameters: { x: { min: 0, max: 1 } },
  sampler: 'random',
  max_concurrent: 1,
  trainer: { command: ['sh', '-c', SCRIPT, '${overrides}'] },
};

test('a metric that adds up over the trials ends a sweep, earlier calls counted', async () => {
  const cwd = makeSweep({ ...endless, budget: { metric: 'cost_usd', max: 6 } });
  expect(await hpo(cwd, 'optimize', '--dry-run')).toContain('random: trials until cost_usd adds up to 6');
  const first = await hpo(cwd, 'optimize', '--trials', '2');
  expect(first).toContain('random: 2 trials, within 6 of cost_usd');
  expect(first).toContain('budget: 5 of 6 cost_usd');
  const spent = await hpo(cwd, 'optimize');
  expect(spent).toContain('random: trials until cost_usd adds up to 6');
  expect(spent).toContain('the budget is spent: no new trials; running ones finish');
  expect(spent).toContain('study s has spent its budget: 3 complete');
  expect(spent).toContain('budget: 7.5 of 6 cost_usd');
  expect(spent).toContain('  [3, 83 % of the cost_usd spent, best loss=1');
  // Nothing starts any more, and the study is finished.
  expect(JSON.parse(await hpo(cwd, 'optimize', '--json'))).toMatchObject({
    end: 'spent',
    started: 0,
    budget: [{ what: 'cost_usd', spent: 7.5, max: 6 }],
  });
  expect(JSON.parse(await hpo(cwd, 'study', 'show', 's', '--json'))).toMatchObject({ state: 'finished' });
});

test('steps and hours may end it too; a flag is in the place of what the file says', async () => {
  const cwd = makeSweep({ ...endless, budget: { hours: 1e-9 } });
  expect(await hpo(cwd, 'optimize')).toContain('has spent its budget: 1 complete');
  const steps = await hpo(cwd, 'optimize', '--budget', 'steps=5,hours=8');
  expect(steps).toContain('trials until 5 epochs are reported or 8 hours are spent');
  expect(steps).toContain('study s has spent its budget of epochs: 3 complete');
  expect(steps).toMatch(/budget: 6 of 5 steps, [\d.e-]+ of 8 hours/);
  // The old key still works, and of two limits the lower one holds.
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ ...endless, max_epochs: 7, budget: { steps: 90 } }) });
  expect(await hpo(cwd, 'optimize')).toContain('has spent its budget of epochs: 4 complete');
  expect(await trialsOf(cwd)).toHaveLength(4);
  const { code, stderr } = await runHere(['optimize', '--budget', '5000'], { cwd });
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('steps=5000, hours=8 or metric=cost_usd,max=20'),
  ]);
});

test('hpo set changes the budget of a running sweep, up and down, and the next call says what it replaces', async () => {
  const cwd = makeSweep({ ...endless, budget: { steps: 2 }, trainer: 'gate.sh' });
  const running = spawnHpo(['optimize'], { cwd });
  const starts = () => linesOf(cwd, 'events').filter((line) => line.startsWith('start')).length;
  await until(() => starts() === 1);
  expect(await hpo(cwd, 'set', 'budget=hours=9,steps=100', 'max_epochs=200')).toContain(
    'study s: max_epochs=200 budget=steps=100,hours=9, until the next hpo optimize',
  );
  await running.says(/limits changed by hpo set: max_epochs=200 budget=steps=100,hours=9/);
  writeFiles(cwd, { 'go-0': '' });
  await until(() => starts() === 2);
  await hpo(cwd, 'set', 'budget=none', 'max_epochs=3');
  await running.says(/limits changed by hpo set: max_epochs=3 budget=none/);
  writeFiles(cwd, { 'go-1': '' });
  const { stdout } = await running.ended;
  expect(stdout).toContain('study s has spent its budget of epochs: 2 complete');
  expect(stdout).toContain('budget: 4 of 3 steps');
  expect(await hpo(cwd, 'optimize')).toContain(
    'the sweep file and the flags replace what hpo set changed: max_epochs=3 (this call: max_epochs=none), budget=none (this call: budget=steps=2)',
  );
  const { code, stderr } = await runHere(['set', 'budget=9'], { cwd });
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('expected steps=5000, hours=8 or metric=cost_usd,max=20'),
  ]);
});

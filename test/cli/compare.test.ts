import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStudy } from '../../src/index.js';
import { hpoInProcess, saidBy } from '../support/in-process.js';
import { addStudy, makeShownStudy, type ShownStudy } from '../support/shown-study.js';

let study: ShownStudy;
beforeAll(async () => {
  study = await makeShownStudy();
  await addStudy(study.url, 'worse', { seed: 3, shift: 5 });
});
afterAll(() => study.remove());

const here = () => ['--storage', study.url, '--sweep', 'none.yaml'];
const compare = (...args: readonly string[]) => saidBy('compare', ...args, ...here());

test('studies are compared by their best, at equal budgets, and by a test with an interval', async () => {
  const text = await compare('shown', 'worse');
  expect(text).toMatch(/^study +best loss +std +n +complete/);
  expect(text).toMatch(
    /best loss after the same budget\nstudy +2\d trials +\d+ epochs +\S+ trial hours\nshown +0\.\d+/,
  );
  expect(text).toMatch(
    /a trial of worse is better than one of shown in 0 % of pairs \(95 %: 0 % to 0 %; p < 0\.0001, Mann-Whitney/,
  );
  const json = JSON.parse(await compare('shown', 'worse', '--json'));
  expect(json.tests).toMatchObject([{ a: 'shown', b: 'worse', superiority: 0, low: 0, high: 0 }]);
  expect(json.studies[0].atBudget.trials).toBeLessThan(json.studies[1].atBudget.trials);
  const [best] = JSON.parse(await saidBy('best', ...here(), '--study', 'shown', '--top', '1', '--json'));
  expect(json.studies[0].best.value).toBe(best.value);
  const same = JSON.parse(await compare('shown', 'shown', '--json'));
  expect(same.tests[0].superiority).toBe(0.5);
  expect(same.tests[0].low).toBeLessThan(0.5);
});

test('studies of other metrics are compared, and it is said', async () => {
  await createStudy({ name: 'other', storage: study.url, direction: 'minimize', metrics: ['error'] }).then(
    async (other) => {
      await other.optimize((trial) => trial.suggestFloat('x', 0, 1), { trials: 2 });
      await other.close();
    },
  );
  const text = await compare('shown', 'other');
  expect(text).toContain('the objectives have different names: loss of shown, error of other\n');
  expect(await compare('shown', 'worse')).not.toContain('different names');
  // Nobody reported a step in one of them: there are no epochs to compare at.
  expect(text).toMatch(/same budget\nstudy +2 trials +\S+ trial hours\n/);
});

test('configurations are compared seed by seed, and too few repeats are said to be too few', async () => {
  const at = ['--study', 'shown'];
  const [first, second] = JSON.parse(await saidBy('best', ...here(), ...at, '--top', '2', '--json'));
  const numbers = [String(first.configuration), String(second.configuration)];
  const text = await compare(...numbers, ...at);
  expect(text).toMatch(/^configuration +loss/);
  expect(text).toMatch(
    /loss of \d+ minus that of \d+: 0\.\d+ \(95 %: 0\.\d+ to 0\.\d+; p [=<] .*paired t over 2 seeds\); too few to tell: 2 seeds/,
  );
  const json = JSON.parse(await compare(...numbers, ...at, '--json'));
  expect(json.objectives).toMatchObject([{ metric: 'loss', tooFew: true, pairs: [{}, {}] }]);
  expect(json.objectives[0].difference).toBeCloseTo(second.value - first.value, 12);
  const byTrial = JSON.parse(
    await compare(String(first.trials[1]), String(second.trials[0]), '--trials', ...at, '--json'),
  );
  expect(byTrial).toEqual(json);
});

test('what does not exist is a mistake', async () => {
  for (const [args, error] of [
    [['shown', 'none'], /error\[study\.not-found\]/],
    [['shown'], /error\[compare\.too-few\]/],
    [['0', '99', '--study', 'shown'], /error\[compare\.no-configuration\]/],
    [['0', '1', '2', '--study', 'shown'], /error\[compare\.two\]/],
  ] as const) {
    const { code, stdout, stderr } = await hpoInProcess('compare', ...args, ...here());
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(error);
  }
});

import { expect, test } from 'vitest';
import { float } from '../../../src/core/distribution.js';
import { importanceFor } from '../../../src/dashboard/server/data/importance.js';
import { judge } from '../../../src/dashboard/server/data/importance-task.js';
import type { OpenStudy } from '../../../src/dashboard/server/data/open-study.js';
import { importanceFor as told } from '../../../src/results/importance.js';
import type { ResultsModel } from '../../../src/results/results-model.js';
import { complete, inputOf } from '../../plots/support.js';

/** The results of 30 trials with two parameters and this value. */
function resultsOf(value: (a: number, b: number) => number): ResultsModel {
  const params = ['a', 'b'].map((name) => ({ name, distribution: float(0, 1) }));
  const trials = Array.from({ length: 30 }, (_, k) => {
    const [a, b] = [(k * 7) % 30, (k * 11) % 30].map((each) => each / 30) as [number, number];
    return complete({ a, b }, value(a, b));
  });
  return inputOf({ params, objectives: [{ metric: 'loss', direction: 'minimize' }], repeats: 1, trials })
    .results;
}

const shown = (model: ResultsModel) => {
  const { study } = model;
  return importanceFor(
    { model, study, revision: 1 } as unknown as OpenStudy,
    async (task) => judge(task),
    null,
  );
};

test('the page shows the importances that the command line prints', async () => {
  const results = resultsOf((a, b) => a + b * b * 3);
  const { rows } = await shown(results);
  const expected = told(results, 0)?.parameters ?? [];
  expect(rows).toEqual(expected.map(({ importance: value, ...rest }) => ({ ...rest, value })));
  expect(rows).toHaveLength(2);
});

test('an objective with one value has no bars, and says so', async () => {
  expect(await shown(resultsOf(() => 4))).toEqual({
    metric: 'loss',
    none: 'loss was 4 in all 30 complete configurations: no parameter changes it',
    rows: [],
    notes: [],
  });
});

import { expect, test } from 'vitest';
import { hpo, makeSweep, trainersIn, trialsOf } from '../support/cli.js';

test('the median pruner stops a hopeless trial that would never end; its value is its last feasible one', async () => {
  const cwd = makeSweep({
    trainer: 'hopeless.sh',
    parameters: { x: [1, 2] },
    max_concurrent: 1,
    repeats: 2,
    pruner: { name: 'median', startup_trials: 1, warmup_steps: 2 },
  });
  const text = await hpo(cwd, 'optimize');
  expect(text).toMatch(/trial 2 is pruned: best 2\.5 is worse than the median 1\.5 of 2 peers at step 3/);
  // The line of its end does not say it again.
  expect(text.split('best 2.5 is worse')).toHaveLength(2);
  expect(text).toMatch(/trial 2 PRUNED with 8 after [^:]*\[/);
  expect(text).toContain('study s is finished: 2 complete, 1 pruned');
  // The second repeat of what was pruned never starts.
  const [, , pruned, ...more] = await trialsOf(cwd);
  expect(pruned).toMatchObject({ state: 'PRUNED', values: [8], epochs: 3 });
  expect(more).toEqual([]);
  expect(trainersIn(cwd)).toEqual([]);
  const best = JSON.parse(await hpo(cwd, 'best', '--json'));
  expect(best).toMatchObject([{ value: 1.5, std: 0, n: 2, trials: [0, 1], params: { x: 1 } }]);
  expect(best).toHaveLength(1);
});

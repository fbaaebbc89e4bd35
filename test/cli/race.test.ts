import { expect, test } from 'vitest';
import { hpo, makeSweep, runHere } from '../support/cli.js';

test('the plan of a race says what will happen, and best says how many repeats a mean is of', async () => {
  const cwd = makeSweep({ parameters: { x: [1, 2, 3, 4] }, repeats: { max: 3, race: true } });
  expect(await hpo(cwd, 'optimize', '--dry-run')).toContain('grid: 4 configurations, 1 to 3 seeds each\n');
  expect(await hpo(cwd, 'optimize', '--dry-run', '--sampler', 'random', '--trials', '3')).toContain(
    'random: 2 configurations, 1 to 3 seeds each, 3 trials at most\n',
  );
  const more = ['--sampler', 'random', '--configurations', '2'];
  expect(await hpo(cwd, 'optimize', '--dry-run', ...more)).toContain(
    'random: 2 configurations, 1 to 3 seeds each\n',
  );
  await hpo(cwd, 'optimize');
  const best = JSON.parse(await hpo(cwd, 'best', '--json')) as { n: number }[];
  expect(best).toHaveLength(4);
  // The trainer knows no noise: after a few seeds all but the best are out.
  expect(best[0]?.n).toBeGreaterThan(1);
  expect(best.at(-1)?.n).toBe(1);
});

test('configurations stand in the place of trials; both are refused', async () => {
  const cwd = makeSweep({ parameters: { x: [1, 2, 3, 4] }, repeats: 2, configurations: 3 });
  expect(await hpo(cwd, 'optimize', '--dry-run')).toContain('the budget ends it at 6 trials');
  const both = await runHere(['optimize', '--trials', '3'], { cwd });
  expect([both.code, both.stderr]).toEqual([
    2,
    expect.stringContaining('error[optimize.trials-and-configurations]'),
  ]);
});

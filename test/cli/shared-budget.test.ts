import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createStudy, float, loadStudy } from '../../src/index.js';
import { closing } from '../library/support.js';
import { hpo, makeProject, makeSweep, runHpo, trialsOf } from '../support/cli.js';

const LIBRARY = pathToFileURL(fileURLToPath(new URL('../../dist/index.js', import.meta.url))).href;
const PROGRAM = fileURLToPath(new URL('../fixtures/library/budget.mjs', import.meta.url));
const PROCESSES = 4;

test.each([
  [60, 1],
  [30, 3],
])(
  `${PROCESSES} programs that share a study and a total of %i trials, %i of each configuration, make exactly these`,
  async (trials, repeats) => {
    const cwd = makeProject();
    const storage = `sqlite:${join(cwd, 'shared.db')}`;
    const args = [PROGRAM, LIBRARY, storage, String(trials), String(repeats)];
    await Promise.all(Array.from({ length: PROCESSES }, () => promisify(execFile)(process.execPath, args)));
    const study = await closing(loadStudy({ name: 'shared', storage }));
    const made = await study.trials();
    expect(made.map(({ state }) => state)).toEqual(Array(trials).fill('complete'));
    expect(new Set(made.map(({ params }) => params.x)).size).toBe(trials / repeats);
  },
);

test(`${PROCESSES} calls of hpo optimize with one total make exactly these trials, enqueued ones among them`, async () => {
  const parameters = { x: { min: 0, max: 1 } };
  const cwd = makeSweep({ sampler: 'random', parameters, max_concurrent: 3 });
  await hpo(cwd, 'enqueue', 'x=0.5');
  const ran = await Promise.all(
    Array.from({ length: PROCESSES }, (_, k) =>
      runHpo(['optimize', '--trials', '40', '--csv', `runs-${k}.csv`], { cwd }),
    ),
  );
  for (const { code, stderr } of ran) expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error/)]);
  expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(Array(40).fill('COMPLETE'));
});

test('searches of one program that share a study in memory make exactly its total', async () => {
  const study = await closing(
    createStudy({ direction: 'minimize', sampler: 'random', space: { x: float(0, 1) }, repeats: 2 }),
  );
  const optimize = () => study.optimize(({ params }) => params.x, { trials: 20, concurrency: 3 });
  const ends = await Promise.all(Array.from({ length: PROCESSES }, optimize));
  expect(new Set(ends.map(({ end }) => end))).toEqual(new Set(['budget']));
  expect(await study.trials()).toHaveLength(20);
});

import { expect, test } from 'vitest';
import { hpo, linesOf, sweepLogs } from '../../support/cli.js';
import { attemptsOf, checkpointsIn, makeScheduled, stored, trainedBy, upTo } from './resumable.js';

/** How far `asha` with factor 3 trains three configurations, of which the first is best, on one slot. */
const REACHED = [9, 1, 1];

/** Three steps beyond its target it is slow, so that a busy machine does not let it end before hpo has looked. */
const WAITS = { BEYOND_S: '20' };

async function run(given: Parameters<typeof makeScheduled>[0]) {
  const cwd = makeScheduled(given);
  await hpo(cwd, 'optimize');
  const warnings = sweepLogs(cwd).match(/warning.*/g) ?? [];
  return { cwd, trials: await stored(cwd), trained: [...trainedBy(cwd).values()], warnings };
}

/** What holds for every trainer that saves, whatever it makes of its target. */
async function expectSound({ cwd, trials, warnings }: Awaited<ReturnType<typeof run>>): Promise<void> {
  expect(linesOf(cwd, 'torn')).toEqual([]);
  // No step up to the target of the attempt before is trained again.
  for (const attempts of attemptsOf(cwd).values())
    for (const [k, { done }] of attempts.slice(1).entries())
      expect(done).toBeGreaterThanOrEqual(attempts[k]?.target ?? Number.NaN);
  for (const { steps, epochs } of trials) expect(steps).toEqual(upTo(epochs));
  expect(trials[0]).toMatchObject({ state: 'complete', values: [2], epochs: 9 });
  expect(trials.every(({ state, epochs }) => (epochs === 9 ? 'complete' : 'pruned') === state)).toBe(true);
  expect(checkpointsIn(cwd)).toEqual([]);
  expect(warnings).toEqual([]);
}

test.each(['train.py', 'train.sh', 'train.mjs'] as const)(
  '%s ends at its targets: no step is trained twice, and every report is kept',
  async (trainer) => {
    const { cwd, trials, trained, warnings } = await run({ trainer });
    expect(trials.map(({ steps }) => steps)).toEqual(REACHED.map(upTo));
    expect(trained).toEqual(REACHED.map(upTo));
    expect(trials.map(({ state }) => state)).toEqual(['complete', 'pruned', 'pruned']);
    expect(checkpointsIn(cwd)).toEqual([]);
    expect(warnings).toEqual([]);
  },
);

test('the target is an argument where the command names it', async () => {
  const { trained } = await run({ env: { MODE: 'parameter' } });
  expect(trained).toEqual(REACHED.map(upTo));
});

test.each(['after', 'before'])('a trainer ignores its target and saves %s each report', async (mode) => {
  const ran = await run({ env: { MODE: mode, EPOCH_S: '0.06', ...WAITS } });
  await expectSound(ran);
  expect(attemptsOf(ran.cwd).get(0)?.length).toBeGreaterThan(1);
});

test.each([
  ['slow', '0.05'],
  ['slow', '0'],
  ['parts', '0.15'],
])(
  'a trainer that ignores its target is not ended while it writes over its checkpoint: %s, epochs of %s s',
  async (MODE, EPOCH_S) => {
    const ran = await run({ env: { MODE, EPOCH_S, ...(EPOCH_S !== '0' && WAITS) } });
    await expectSound(ran);
    if (EPOCH_S !== '0') expect(attemptsOf(ran.cwd).get(0)?.length).toBeGreaterThan(1);
  },
);

test('a trainer that ignores its target and never saves is started once per trial, with one warning', async () => {
  const { cwd, trials, warnings } = await run({ env: { MODE: 'never' } });
  expect([...attemptsOf(cwd).values()].map((attempts) => attempts.length)).toEqual([1, 1, 1]);
  expect(trials.map(({ state }) => state)).toEqual(['complete', 'pruned', 'pruned']);
  expect(warnings).toEqual([
    expect.stringMatching(/^warning: trial 0: cannot be paused: it saved no checkpoint/),
  ]);
});

test('a trainer that crashes while it saves resumes from its last good checkpoint', async () => {
  const { cwd, trials } = await run({ env: { MODE: 'crash' }, more: { retries: 2 } });
  expect(linesOf(cwd, 'crashes')).toEqual(['cc']);
  expect(linesOf(cwd, 'torn')).toEqual([]);
  expect(attemptsOf(cwd).get(0)).toEqual([
    { done: 0, target: 1 },
    { done: 1, target: 3 },
    { done: 1, target: 3 },
    { done: 1, target: 3 },
    { done: 3, target: 9 },
  ]);
  expect(trials.map(({ steps }) => steps)).toEqual(REACHED.map(upTo));
});

test('a trainer may count its steps from 0: it is complete at its last one', async () => {
  const { trials, trained } = await run({ env: { MODE: 'zero' } });
  expect(trained).toEqual([
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
    [0, 1],
    [0, 1],
  ]);
  expect(trials.map(({ state, epochs }) => [state, epochs])).toEqual([
    ['complete', 9],
    ['pruned', 2],
    ['pruned', 2],
  ]);
});

test('with several slots no step is trained twice either', async () => {
  const parameters = { x: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
  const ran = await run({ trainer: 'train.mjs', more: { max_concurrent: 3, parameters } });
  await expectSound(ran);
  for (const steps of ran.trained) expect(steps).toEqual(upTo(steps.length));
  expect(ran.trained.flat().length).toBeLessThan(9 * 9);
});

test('without checkpoints the scheduler only stops trials', async () => {
  const { cwd, trials, warnings } = await run({ env: { MODE: 'after' }, more: { checkpoints: 'off' } });
  expect([...attemptsOf(cwd).values()].map((attempts) => attempts.length)).toEqual([1, 1, 1]);
  expect(trials.map(({ state }) => state)).toEqual(['complete', 'pruned', 'pruned']);
  expect(warnings).toEqual([]);
});

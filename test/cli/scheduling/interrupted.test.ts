import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo } from '../../support/cli.js';
import { askOptuna } from '../../support/optuna.js';
import { describeWithReal } from '../../support/real-part.js';
import { checkpointsIn, interrupt, makeScheduled, stored, trainedBy, upTo } from './resumable.js';

type Seen = {
  readonly trials: readonly {
    readonly state: string;
    readonly user_attrs: Readonly<Record<string, unknown>>;
    readonly intermediate: Readonly<Record<string, number>>;
  }[];
};
type Joined = {
  readonly before: readonly {
    readonly state: string;
    readonly paused: number | null;
    readonly last: number;
  }[];
  readonly own: readonly { readonly number: number; readonly ended: number | null }[];
  readonly best: number | null;
};

const REACHED = [9, 1, 1];

/** A sweep that was interrupted when its first two trials had been paused and the third was training. */
async function interrupted(signal: 'SIGINT' | 'SIGTERM') {
  const cwd = makeScheduled();
  const { code } = await interrupt(cwd, { signal, says: signal === 'SIGINT' ? /no new trials/ : null });
  return { cwd, code };
}

async function expectWhole(cwd: string): Promise<void> {
  const trials = await stored(cwd);
  expect(trials.map(({ state, steps }) => [state, steps])).toEqual([
    ['complete', upTo(9)],
    ['pruned', upTo(1)],
    ['pruned', upTo(1)],
  ]);
  expect(checkpointsIn(cwd)).toEqual([]);
}

test.each([
  // It waits for what runs, which is paused too.
  ['SIGINT', 130, 1, [1]],
  ['SIGTERM', 143, null, [1, 1]],
] as const)(
  'after %s trials stay paused, and the same command resumes them',
  async (signal, expected, at, last) => {
    const { cwd, code } = await interrupted(signal);
    expect(code).toBe(expected);
    expect((await stored(cwd)).map(({ state, pausedAt }) => [state, pausedAt])).toEqual([
      ['running', 1],
      ['running', 1],
      ['running', at],
    ]);
    expect(checkpointsIn(cwd)).toHaveLength(3);
    await hpo(cwd, 'optimize');
    await expectWhole(cwd);
    // A step that was cut short is trained once more, and no other.
    expect([...trainedBy(cwd).values()]).toEqual([upTo(9), upTo(1), last]);
  },
);

test('after a timeout trials stay paused, and the same command resumes them', async () => {
  const cwd = makeScheduled();
  const { code } = await interrupt(cwd, { signal: null, args: ['--timeout', '2s'], says: /the time is up/ });
  expect(code).toBe(0);
  const paused = (await stored(cwd)).filter(({ pausedAt }) => pausedAt !== null);
  expect(paused.length).toBeGreaterThan(0);
  await hpo(cwd, 'optimize');
  await expectWhole(cwd);
  expect([...trainedBy(cwd).values()]).toEqual(REACHED.map(upTo));
});

describeWithReal('optuna', 'Optuna', () => {
  test('sees paused trials as running, with their step, and its own pruners work beside them', async () => {
    const { cwd } = await interrupted('SIGTERM');
    const file = join(cwd, 'storage/hpo.db');
    const joined = await askOptuna<Joined>('join_paused.py', file, ['s']);
    expect(joined.before).toEqual([
      { state: 'RUNNING', paused: 1, last: 1 },
      { state: 'RUNNING', paused: 1, last: 1 },
      { state: 'RUNNING', paused: null, last: null },
    ]);
    expect(joined.own.map(({ number }) => number)).toEqual([3, 4, 5, 6, 7, 8]);
    // The bad trials of its median and of its successive halving.
    const [good, bad, ...others] = joined.own.map(({ ended }) => ended);
    expect([good, bad, others[1]]).toEqual([null, 1, 1]);
    await hpo(cwd, 'optimize');
    const { trials } = await askOptuna<Seen>('read_study.py', file, ['s']);
    // The full trials of Optuna are better at every step than those of hpo, which it compares its own with.
    expect(trials.slice(0, 3).map(({ state }) => state)).toEqual(['PRUNED', 'PRUNED', 'PRUNED']);
    expect(trials.map(({ user_attrs }) => user_attrs['hpo:paused'] ?? null)).toEqual(Array(9).fill(null));
    // It was continued once, as the best of three.
    expect(Object.keys(trials[0]?.intermediate ?? {})).toHaveLength(3);
  });
});

import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createStudy, float, pbt, type Trial } from '../../src/index.js';
import { closing, sqliteUrl } from './support.js';

const MAX = 9;
type P = { readonly x: number };
/** `sums`: the sum of x over the steps, after each step. */
type Saved = { readonly step: number; readonly sums: readonly number[] };
type Begun = {
  readonly trial: number;
  readonly x: number;
  readonly startStep: number;
  readonly found: Saved | null;
};

const create = (storage?: string) =>
  closing(
    createStudy({
      direction: 'minimize',
      sampler: 'random',
      space: { x: float(0, 1) },
      scheduler: pbt({ population: 4, interval: 3 }),
      maxSteps: MAX,
      ...(storage !== undefined && { storage }),
    }),
  );

/** Trains from what was saved, and notes where each attempt began. */
const trainer = (begun: Begun[], last: Map<number, Saved>) => async (trial: Trial<P>) => {
  const { number, params, startStep, targetStep, checkpoint } = trial;
  const found = await checkpoint.load<Saved>();
  begun.push({ trial: number, x: params.x, startStep, found });
  const sums = [...(found?.sums ?? [])];
  for (let step = startStep + 1; step <= Math.min(targetStep ?? MAX, MAX); step++) {
    sums.push((sums.at(-1) ?? 0) + params.x);
    trial.report(params.x + 1 / step, step);
    await checkpoint.save({ step, sums });
    last.set(number, { step, sums: [...sums] });
    if (await trial.shouldPrune()) break;
  }
  return params.x + 1 / MAX;
};

/** Returns child -> parent, as any program reads it from the file. */
function parentsIn(url: string): ReadonlyMap<number, number> {
  const database = new Database(url.replace('sqlite:', ''), { readonly: true });
  try {
    const rows = database
      .prepare(
        `SELECT t.number, a.value_json AS parent FROM trials t
          JOIN trial_user_attributes a ON a.trial_id = t.trial_id WHERE a.key = 'hpo:parent' ORDER BY t.number`,
      )
      .all() as { number: number; parent: string }[];
    return new Map(rows.map(({ number, parent }) => [number, Number(parent)]));
  } finally {
    database.close();
  }
}

test('a new trial continues what its parent saved, with other parameters, and the parent keeps its own', async () => {
  const url = sqliteUrl();
  const study = await create(url);
  const begun: Begun[] = [];
  const last = new Map<number, Saved>();
  await study.optimize(trainer(begun, last), { totalTrials: 20 });
  const parents = parentsIn(url);
  expect([...parents.keys()]).toEqual([4, 5]);
  for (const [child, parent] of parents) {
    const first = begun.find(({ trial }) => trial === child);
    const of = begun.find(({ trial }) => trial === parent);
    expect(first?.x).not.toBe(of?.x);
    expect(first?.startStep).toBe(first?.found?.step);
    // It has what its parent had there, and its parent went on from the same state.
    const step = first?.startStep ?? 0;
    expect(first?.found?.sums).toEqual(last.get(parent)?.sums.slice(0, step));
    const [before, after] = [last.get(child)?.sums[step - 1], last.get(child)?.sums[step]];
    expect((after ?? 0) - (before ?? 0)).toBeCloseTo(first?.x ?? -1);
  }
  // No step was trained twice, and every member came to its end.
  const trials = await study.trials();
  expect(trials.map(({ state }) => state).filter((state) => state === 'complete')).toHaveLength(4);
  const complete = trials.filter(({ state }) => state === 'complete');
  for (const { number } of complete) expect(last.get(number)?.sums).toHaveLength(MAX);
  const steps = [...last].map(
    ([trial, { step }]) => step - (begun.find((each) => each.trial === trial)?.startStep ?? 0),
  );
  expect(steps.reduce((sum, each) => sum + each, 0)).toBe(4 * MAX);
});

test('in memory it is the same population', async () => {
  const outcomes = [];
  for (const url of [undefined, sqliteUrl()]) {
    const study = await create(url);
    await study.optimize(trainer([], new Map()), { totalTrials: 20 });
    outcomes.push((await study.trials()).map(({ state, params, values }) => ({ state, params, values })));
  }
  expect(outcomes[0]).toEqual(outcomes[1]);
});

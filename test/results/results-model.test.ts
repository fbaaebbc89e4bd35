import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { makeSpace } from '../../src/core/space.js';
import type { Direction, TrialState } from '../../src/core/trial.js';
import { front, ranked } from '../../src/results/ranking.js';
import { ResultsModel, rulesOf } from '../../src/results/results-model.js';
import type { ResultsStudy } from '../../src/results/results-study.js';
import { digestOf } from '../../src/results/study-digest.js';
import type { ResultRow } from '../../src/results/trial-table.js';
import { resultRow } from './rows.js';

function study(repeats: number, ...directions: Direction[]): ResultsStudy {
  const objectives = directions.map(
    (direction, k) => ({ metric: `m${k}`, direction, reduce: 'last' }) as const,
  );
  return {
    id: 1,
    seed: 1,
    space: makeSpace([{ name: 'x', distribution: float(0, 9) }]),
    spec: { objectives, repeats },
  };
}

const STATES: readonly TrialState[] = ['waiting', 'running', 'complete', 'pruned', 'fail'];
// Few different values, so that many are equal; infinities too.
const value = fc.constantFrom(-1, 0, 1, 2, 3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

function trialRow(objectives: number): fc.Arbitrary<ResultRow> {
  return fc
    .record({
      number: fc.nat({ max: 11 }),
      // Null: another program made it.
      configuration: fc.constantFrom(null, 0, 1, 2, 3, 4),
      state: fc.constantFrom(...STATES),
      queued: fc.boolean(),
      values: fc.array(value, { minLength: objectives, maxLength: objectives }),
      violations: fc.constantFrom([], [-1], [0.5], [Number.NaN]),
      steps: fc.nat({ max: 4 }),
    })
    .map(({ values, steps, ...row }) =>
      resultRow({
        ...row,
        values: row.state === 'complete' || row.state === 'pruned' ? values : null,
        params: { x: row.configuration ?? row.number % 6 },
        steps: new Map(Array.from({ length: steps }, (_, k) => [k + 1, k])),
      }),
    );
}

const directions = fc.constantFrom<readonly Direction[]>(
  ['minimize'],
  ['maximize'],
  ['minimize', 'maximize'],
  ['minimize', 'minimize', 'maximize'],
);
/** A study and trials that change as they go: a later one with the same number replaces an earlier one. */
const history = directions.chain((each) =>
  fc.record({
    study: fc.constantFrom(1, 2).map((repeats) => study(repeats, ...each)),
    trials: fc.array(trialRow(each.length), { maxLength: 40 }),
  }),
);

/** Everything that a model shows. */
function shown(model: ResultsModel) {
  const { trialCount } = model;
  return {
    best: model.best(3),
    all: model.best(1000),
    front: model.front(),
    counts: model.counts(),
    digest: digestOf(model.table, {
      pruner: { name: 'median', options: {} },
      scheduler: { name: 'none', options: {} },
      maxSteps: null,
    }),
    configurations: model.configurations.all(),
    histories: model.histories.map((each) => [[...each.values()], [...each.best()]]),
    curves: Array.from({ length: trialCount }, (_, k) => model.curves.get(k)),
  };
}

describe('a model brought up to date change by change', () => {
  test('shows what one built at once from the newest rows shows', () => {
    fc.assert(
      fc.property(history, ({ study: of, trials }) => {
        const bitByBit = new ResultsModel(of);
        for (const trial of trials) {
          bitByBit.apply([trial]);
          // Looks in between must not disturb what comes later.
          shown(bitByBit);
        }
        const atOnce = new ResultsModel(of);
        atOnce.apply([...new Map(trials.map((trial) => [trial.number, trial])).values()]);
        // A number that was skipped has no trial in either.
        expect(shown(bitByBit)).toEqual(shown(atOnce));
      }),
    );
  });

  test('ranks and finds the Pareto front as ranking.ts does', () => {
    fc.assert(
      fc.property(history, ({ study: of, trials }) => {
        const model = new ResultsModel(of);
        for (const trial of trials) {
          model.apply([trial]);
          model.front();
        }
        const configs = model.configurations.all();
        const firstTrials = (found: readonly { readonly trials: readonly { number: number }[] }[]) =>
          found.map((each) => each.trials.map(({ number }) => number));
        const trialsOf = (found: readonly { readonly trials: readonly number[] }[]) =>
          found.map((each) => [...each.trials]);
        expect(trialsOf(model.best(1000))).toEqual(firstTrials(ranked(configs, rulesOf(of))));
        expect(trialsOf(model.best(2))).toEqual(firstTrials(ranked(configs, rulesOf(of)).slice(0, 2)));
        expect(trialsOf(model.front())).toEqual(firstTrials(front(configs, rulesOf(of))));
      }),
    );
  });

  test('says which rows are not as they were, and nothing of rows that are', () => {
    fc.assert(
      fc.property(history, ({ study: of, trials }) => {
        const model = new ResultsModel(of);
        for (const trial of trials) {
          const before = model.table.revision;
          const changed = model.apply([trial]);
          expect(model.table.changedSince(before)).toEqual(changed);
          expect(model.apply([trial])).toEqual([]);
        }
        expect(model.table.changedSince(0)).toEqual(
          [...new Set(trials.map(({ number }) => number))].sort((a, b) => a - b),
        );
      }),
    );
  });
});

const complete = (number: number, configuration: number | null, ...values: number[]): ResultRow =>
  resultRow({
    number,
    configuration,
    values,
    params: { x: configuration ?? number },
    steps: new Map([[1, 5]]),
  });

test('a trial of another program joins the configuration with its parameters', () => {
  const model = new ResultsModel(study(1, 'minimize'));
  model.apply([{ ...complete(0, null, 3), params: { x: 2 } }]);
  expect(model.best(5)).toMatchObject([{ configuration: null, values: [3], params: { x: 2 }, trials: [0] }]);
  model.apply([complete(1, 2, 1)]);
  expect(model.best(5)).toMatchObject([
    { configuration: 2, values: [2], trialCount: 2, params: { x: 2 }, trials: [1, 0] },
  ]);
});

test('a trial that leaves its configuration for another program takes nobody along', () => {
  const model = new ResultsModel(study(1, 'minimize'));
  model.apply([complete(2, 2, 5), complete(1, 2, 4)]);
  model.apply([{ ...complete(1, null, 3), params: { x: 1 } }]);
  expect(model.best(5)).toMatchObject([
    { configuration: null, values: [3], params: { x: 1 }, trials: [1] },
    { configuration: 2, values: [5], params: { x: 2 }, trials: [2] },
  ]);
});

test('the configuration comes first, and forced parameters count among its parameters', () => {
  const model = new ResultsModel(study(1, 'minimize'));
  model.apply([{ ...complete(1, 2, 1), forced: { y: 3 } }]);
  model.apply([{ ...complete(0, null, 3), params: { y: 3, x: 2 } }]);
  expect(model.best(5)).toMatchObject([{ configuration: 2, values: [2], params: { x: 2, y: 3 } }]);
  expect(model.configurations.all()).toMatchObject([{ params: { x: 2 }, forced: { y: 3 } }]);
});

test('an enqueued trial counts as waiting and joins its configuration when somebody takes it', () => {
  const model = new ResultsModel(study(1, 'minimize'));
  model.apply([{ ...complete(0, null), state: 'waiting', queued: true, values: null }]);
  expect(model.counts().waiting).toBe(1);
  expect(model.configurations.all()).toEqual([]);
  model.apply([complete(0, 0, 4)]);
  expect(model.best(1)).toMatchObject([{ configuration: 0, values: [4] }]);
  expect(model.counts()).toMatchObject({ waiting: 0, complete: 1 });
});

test('a running trial between two attempts counts as queued', () => {
  const model = new ResultsModel(study(1, 'minimize'));
  const running = { ...complete(0, 0), state: 'running' as const, values: null };
  model.apply([{ ...running, queued: true }]);
  expect(model.stateOf(0)).toBe('queued');
  model.apply([running]);
  expect(model.counts()).toMatchObject({ queued: 0, running: 1 });
  expect(model.stateOf(7)).toBeNull();
});

test('the history holds the best value so far of the feasible complete trials', () => {
  const model = new ResultsModel(study(1, 'maximize'));
  model.apply([
    complete(0, 0, 2),
    { ...complete(1, 1, 9), violations: [1] },
    complete(2, 2, 5),
    complete(3, 3, 4),
  ]);
  const [history] = model.histories;
  expect([...(history?.values() ?? [])]).toEqual([2, Number.NaN, 5, 4]);
  expect([...(history?.best() ?? [])]).toEqual([2, 2, 5, 5]);
});

test('the parameters of a study that names them as it runs are those of its newest trial', () => {
  const model = new ResultsModel(study(1, 'minimize'));
  model.apply([{ ...complete(0, 0, 1), params: { late: 'b', x: 1 } }]);
  expect(model.best(1)[0]?.params).toEqual({ x: 1, late: 'b' });
  expect(Object.keys(model.best(1)[0]?.params ?? {})).toEqual(['x', 'late']);
});

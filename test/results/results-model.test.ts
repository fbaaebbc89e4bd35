import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { makeSpace } from '../../src/core/space.js';
import type { Direction, TrialState } from '../../src/core/trial.js';
import type { ConfigFacts, ResultsStudy, TrialFacts } from '../../src/results/changes.js';
import { front, ranked } from '../../src/results/ranking.js';
import { ResultsModel, rulesOf } from '../../src/results/results-model.js';

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

const config = (number: number): ConfigFacts => ({
  id: number + 1,
  number,
  params: { x: number },
  forced: {},
  key: `[["x",${number}]]`,
});

const STATES: readonly TrialState[] = ['waiting', 'running', 'complete', 'pruned', 'fail'];
// Few different values, so that many are equal; infinities too.
const value = fc.constantFrom(-1, 0, 1, 2, 3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

function trialFacts(objectives: number): fc.Arbitrary<Omit<TrialFacts, 'id'>> {
  return fc
    .record({
      number: fc.nat({ max: 11 }),
      // 0: another program made it.
      config: fc.nat({ max: 5 }),
      state: fc.constantFrom(...STATES),
      values: fc.array(value, { minLength: objectives, maxLength: objectives }),
      violations: fc.constantFrom([], [-1], [0.5], [Number.NaN]),
      steps: fc.nat({ max: 4 }),
    })
    .map(({ number, config: of, state, values, violations, steps }) => ({
      number,
      configId: of === 0 ? null : of,
      state,
      values: state === 'complete' || state === 'pruned' ? values : null,
      params: { x: number % 6 },
      steps: new Map(Array.from({ length: steps }, (_, k) => [k + 1, k])),
      violations,
    }));
}

const CONFIGS = [0, 1, 2, 3, 4].map(config);
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
    trials: fc.array(trialFacts(each.length), { maxLength: 40 }),
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
    savings: model.savings(),
    configurations: model.configurations.all(),
    histories: model.histories.map((each) => [[...each.values()], [...each.best()]]),
    curves: Array.from({ length: trialCount }, (_, k) => model.curves.get(k)),
  };
}

const numbered = (trials: readonly Omit<TrialFacts, 'id'>[]) =>
  trials.map((each) => ({ ...each, id: each.number + 1 }));

describe('a model brought up to date change by change', () => {
  test('shows what one built at once from the newest facts shows', () => {
    fc.assert(
      fc.property(history, ({ study: of, trials }) => {
        const all = numbered(trials);
        const bitByBit = new ResultsModel(of);
        for (const [k, trial] of all.entries()) {
          const known = CONFIGS[k];
          const needed = CONFIGS.filter(({ id }) => id === trial.configId);
          bitByBit.apply({ configs: known ? [known, ...needed] : needed, trials: [trial] });
          // Looks in between must not disturb what comes later.
          shown(bitByBit);
        }
        bitByBit.apply({ configs: CONFIGS, trials: [] });
        const atOnce = new ResultsModel(of);
        const newest = [...new Map(all.map((trial) => [trial.number, trial])).values()];
        atOnce.apply({ configs: CONFIGS, trials: newest });
        // A number that was skipped has no trial in either.
        expect(shown(bitByBit)).toEqual(shown(atOnce));
      }),
    );
  });

  test('ranks and finds the Pareto front as ranking.ts does', () => {
    fc.assert(
      fc.property(history, ({ study: of, trials }) => {
        const model = new ResultsModel(of);
        for (const trial of numbered(trials)) {
          model.apply({ configs: CONFIGS.filter(({ id }) => id === trial.configId), trials: [trial] });
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
});

const complete = (number: number, of: number | null, ...values: number[]): TrialFacts => ({
  id: number + 1,
  number,
  configId: of,
  state: 'complete',
  values,
  params: { x: number },
  steps: new Map([[1, 5]]),
  violations: [],
});

test('a trial of another program joins the configuration with its parameters', () => {
  const model = new ResultsModel(study(1, 'minimize'));
  model.apply({ configs: [], trials: [{ ...complete(0, null, 3), params: { x: 2 } }] });
  expect(model.best(5)).toMatchObject([{ configuration: null, values: [3], params: { x: 2 }, trials: [0] }]);
  model.apply({ configs: [config(2)], trials: [complete(1, 3, 1)] });
  expect(model.best(5)).toMatchObject([
    { configuration: 2, values: [2], trialCount: 2, params: { x: 2 }, trials: [1, 0] },
  ]);
});

test('an enqueued trial counts as waiting and joins its configuration when somebody takes it', () => {
  const model = new ResultsModel(study(1, 'minimize'));
  const waiting = { ...complete(0, null), state: 'waiting' as const, values: null };
  model.apply({ configs: [], trials: [waiting] });
  expect(model.counts().waiting).toBe(1);
  expect(model.configurations.all()).toEqual([]);
  model.apply({ configs: [config(0)], trials: [complete(0, 1, 4)] });
  expect(model.best(1)).toMatchObject([{ configuration: 0, values: [4] }]);
  expect(model.counts()).toMatchObject({ waiting: 0, complete: 1 });
});

test('a running trial between two attempts counts as queued', () => {
  const model = new ResultsModel(study(1, 'minimize'));
  const running = { ...complete(0, 1), state: 'running' as const, values: null };
  model.apply({ configs: [config(0)], trials: [running] }, new Set([0]));
  expect(model.stateOf(0)).toBe('queued');
  model.apply({ configs: [], trials: [running] });
  expect(model.counts()).toMatchObject({ queued: 0, running: 1 });
  expect(model.stateOf(7)).toBeNull();
});

test('the history holds the best value so far of the feasible complete trials', () => {
  const model = new ResultsModel(study(1, 'maximize'));
  const configs = [0, 1, 2, 3].map(config);
  const trials = [
    complete(0, 1, 2),
    { ...complete(1, 2, 9), violations: [1] },
    complete(2, 3, 5),
    complete(3, 4, 4),
  ];
  model.apply({ configs, trials });
  const [history] = model.histories;
  expect([...(history?.values() ?? [])]).toEqual([2, Number.NaN, 5, 4]);
  expect([...(history?.best() ?? [])]).toEqual([2, 2, 5, 5]);
});

test('the parameters of a study that names them as it runs are those of its newest trial', () => {
  const model = new ResultsModel(study(1, 'minimize'));
  const named = { ...config(0), params: {}, key: '#0' };
  model.apply({ configs: [named], trials: [{ ...complete(0, 1, 1), params: { late: 'b', x: 1 } }] });
  expect(model.best(1)[0]?.params).toEqual({ x: 1, late: 'b' });
  expect(Object.keys(model.best(1)[0]?.params ?? {})).toEqual(['x', 'late']);
});

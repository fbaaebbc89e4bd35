import { expect, test } from 'vitest';
import { hasJudgedSteps, judgedSteps, violationAt } from '../../src/core/judged-steps.js';
import type { MetricConstraint } from '../../src/core/spec.js';

const series = (values: Readonly<Record<number, number>>, final: number | null = null) => ({
  steps: new Map(Object.entries(values).map(([step, value]) => [Number(step), value])),
  final,
});
const memory: MetricConstraint = { metric: 'memory', bound: 'max', limit: 100 };
const recall: MetricConstraint = { metric: 'recall', bound: 'min', limit: 1 };

test('a study of one objective without constraints needs nothing more', () => {
  expect(hasJudgedSteps({ objectives: [1], metricConstraints: [] })).toBe(false);
  expect(hasJudgedSteps({ objectives: [1, 2], metricConstraints: [] })).toBe(true);
  expect(hasJudgedSteps({ objectives: [1], metricConstraints: [1] })).toBe(true);
  expect(judgedSteps({ objectives: [series({ 1: 3 })], constraints: [], constrained: [] })).toEqual({});
});

test('an objective that was reported once has that value at every step; one that has steps has only those', () => {
  const objectives = [series({ 1: 3, 2: 2 }), series({}, 7), series({ 2: 5 }, 9), series({})];
  const { objectiveSteps } = judgedSteps({ objectives, constraints: [], constrained: [] });
  expect(objectiveSteps).toEqual([
    new Map([
      [1, 3],
      [2, 2],
    ]),
    new Map([
      [1, 7],
      [2, 7],
    ]),
    new Map([[2, 5]]),
    new Map(),
  ]);
});

test('the violation at a step is that of the newest values up to there, as a share of the limits', () => {
  const constrained = [series({ 2: 150, 4: 90 }), series({}, 0.5)];
  const judged = judgedSteps({
    objectives: [series({ 1: 0 })],
    constraints: [memory, recall],
    constrained,
  });
  expect([0, 1, 2, 3, 4, 9].map((step) => violationAt(judged, step))).toEqual([0.5, 0.5, 1, 1, 0.5, 0.5]);
  expect(violationAt({}, 3)).toBe(0);
});

test('a constrained metric that nobody has reported violates nothing, and NaN violates without end', () => {
  const of = (...constrained: ReturnType<typeof series>[]) =>
    judgedSteps({ objectives: [series({ 1: 0 })], constraints: [memory, recall], constrained });
  expect(violationAt(of(series({}), series({})), 1)).toBe(0);
  expect(violationAt(of(series({ 1: Number.NaN }), series({ 1: 2 })), 1)).toBe(Number.POSITIVE_INFINITY);
});

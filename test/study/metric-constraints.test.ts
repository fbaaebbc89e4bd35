import { describe, expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { MetricPoint } from '../../src/executors/executor.js';
import {
  done,
  makeSpec,
  newStudy,
  opened,
  reopened,
  rows,
  ScriptedExecutor,
  sweep,
  tempDir,
} from './harness.js';

const metricConstraints = [
  { metric: 'mb', bound: 'max', limit: 200 },
  { metric: 'acc', bound: 'min', limit: 0.5 },
] as const;

async function swept(points: readonly (readonly MetricPoint[])[], repeats = 1) {
  const url = `sqlite:${tempDir()}/hpo.db`;
  const spec = makeSpec([{ name: 'n', distribution: int(1, points.length / repeats) }], {
    metricConstraints,
    repeats,
  });
  const study = await newStudy(spec, await opened(url));
  const executor = new ScriptedExecutor(({ trial }, hooks) => {
    hooks.report([{ name: 'loss', step: 1, value: trial }]);
    hooks.report(points[trial] ?? []);
    return done;
  });
  const { events } = await sweep(study, executor, {});
  const again = await reopened(url);
  return { events, rows: await rows(study), view: await study.view(), again: await again.view() };
}

const told = (mb: number, acc: number): MetricPoint[] => [
  { name: 'mb', step: 1, value: mb },
  { name: 'acc', step: null, value: acc },
];

describe('limits of metrics', () => {
  test('are kept or broken by the last value, in shares of the limit, and stored with the trial', async () => {
    const early: MetricPoint[] = [
      { name: 'mb', step: 0, value: 900 },
      { name: 'mb', step: 1, value: 200 },
    ];
    const { view, again, events } = await swept([
      told(100, 0.75),
      told(300, 0.25),
      [...early, { name: 'acc', step: 1, value: 0.5 }],
    ]);
    const violations = (of: typeof view) => of.configs.map((config) => config.violations);
    expect(violations(view)).toEqual([
      [-0.5, -0.5],
      [0.5, 0.5],
      [0, 0],
    ]);
    expect(violations(again)).toEqual(violations(view));
    const ends = events.flatMap((event) => (event.type === 'trial-finished' ? [event.feasible] : []));
    expect(ends).toEqual([true, false, true]);
  });

  test('count by their mean over the repeats', async () => {
    const { view } = await swept([told(100, 0.75), told(200, 0.25)], 2);
    expect(view.configs.map((config) => config.violations)).toEqual([[-0.25, 0]]);
  });

  test('a trial that does not report one fails and says which', async () => {
    const missing = await swept([[{ name: 'mb', step: 1, value: 1 }]]);
    expect(missing.rows[0]).toMatchObject({
      state: 'fail',
      reason: 'exited 0 without reporting the limited metric acc; it reported loss, mb',
    });
    const nan = await swept([told(Number.NaN, 1)]);
    expect(nan.rows[0]).toMatchObject({ state: 'fail', reason: 'the limited metric mb is NaN' });
  });
});

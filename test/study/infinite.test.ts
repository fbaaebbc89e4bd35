import { expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { Objective } from '../../src/core/spec.js';
import type { MetricPoint } from '../../src/executors/executor.js';
import { done, makeSpec, newStudy, rows, ScriptedExecutor, sweep } from './harness.js';

const loss = (step: number | null, value: number) => ({ name: 'loss', step, value });

/** What becomes of the only trial of a study with these objectives that reports these points. */
async function judged(points: readonly MetricPoint[], objectives: readonly Objective[]) {
  const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 1) }], { objectives }));
  await sweep(
    study,
    new ScriptedExecutor((_, hooks) => {
      hooks.report(points);
      return done;
    }),
  );
  return (await rows(study))[0];
}

test.each([
  ['minimize', 'last', '-inf'],
  ['minimize', 'best', '-inf'],
  ['minimize', 'mean', '-inf'],
  ['maximize', 'last', 'inf'],
  ['maximize', 'best', 'inf'],
] as const)(
  'an objective to %s that is infinitely good (%s of its steps) is FAIL and says why',
  async (direction, reduce, text) => {
    const objectives = [{ metric: 'loss', direction, reduce }] as const;
    const good = direction === 'maximize' ? Number('1e400') : Number('-1e400');
    expect(await judged([loss(1, 1), loss(2, good)], objectives)).toMatchObject({
      state: 'fail',
      values: null,
      reason: `the objective loss is ${text}, which is infinitely good: no trial can have reached it`,
    });
    const bad = await judged([loss(1, -good)], objectives);
    expect(bad).toMatchObject({ state: 'complete', values: [-good] });
  },
);

test('of several objectives each is looked at in its own direction', async () => {
  const objectives = [
    { metric: 'loss', direction: 'minimize', reduce: 'last' },
    { metric: 'accuracy', direction: 'maximize', reduce: 'last' },
  ] as const;
  const of = (a: number, b: number) =>
    judged([loss(null, a), { name: 'accuracy', step: null, value: b }], objectives);
  expect(await of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toMatchObject({ state: 'complete' });
  expect(await of(1, Number.POSITIVE_INFINITY)).toMatchObject({
    state: 'fail',
    reason: expect.stringContaining('accuracy is inf,'),
  });
});

import { expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { MetricPoint } from '../../src/executors/executor.js';
import {
  DEAD_OWNER,
  done,
  failed,
  makeSpec,
  newAttempt,
  newStudy,
  results,
  rows,
  ScriptedExecutor,
  sweep,
  T0,
  turn,
} from './harness.js';

const nan = Number.NaN;
/** Loss by step of trials 0, 1, ...: the second is worse than the first from its third step on. */
const CURVES = [
  [5, 4, 3, 2, 1],
  [4.5, 4, nan, 3.5, 0.1, 0],
  [nan, nan, 0, 0, 0],
];
const spec = makeSpec([{ name: 'n', distribution: int(0, 2) }], {
  pruner: { name: 'median', options: { startup_trials: 1 } },
});

const points = (curve: readonly number[]): MetricPoint[] =>
  curve.flatMap((value, k) => [
    { name: 'other', step: k + 1, value: k },
    { name: 'loss', step: k + 1, value },
  ]);

/** A trainer that writes so many points at a time, and takes a while to die. */
function chunked(size: number): ScriptedExecutor {
  return new ScriptedExecutor(async ({ params }, hooks) => {
    const all = points(CURVES[Number(params.n)] ?? []);
    while (all.length > 0) {
      hooks.report(all.splice(0, size));
      if (size % 2 === 1) await turn();
    }
    for (let k = 0; k < 20 && !hooks.signal.aborted; k++) await turn();
    return hooks.signal.aborted ? failed(143) : done;
  });
}

test.each([1, 2, 3, 4, 7, 1000])(
  'points that come %i at a time are cut at the same decision',
  async (size) => {
    const study = await newStudy(spec);
    const { events } = await sweep(study, chunked(size));
    // The value of a pruned trial is its last that is a number; of only NaN there is none.
    expect(await results(study)).toEqual(['complete 1', 'pruned 4', 'pruned']);
    const told = await Promise.all([0, 1, 2].map((trial) => study.storage.metrics(study.id, trial)));
    const losses = told.map((all) => all.filter(({ name }) => name === 'loss').map(({ value }) => value));
    expect(losses).toEqual([[5, 4, 3, 2, 1], [4.5, 4, nan], [nan]]);
    expect(told[1]?.filter(({ name }) => name === 'other').map(({ step }) => step)).toEqual([1, 2, 3]);
    expect((await study.view()).configs[1]?.trials[0]?.steps).toEqual(
      new Map([
        [1, 4.5],
        [2, 4],
        [3, nan],
      ]),
    );
    expect((await rows(study))[1]?.reason).toContain('worse than the median 3 of 1 peers at step 3');
    expect(events.filter(({ type }) => type === 'trial-pruning')).toHaveLength(2);
  },
);

test('a trial that is pruned but ends well on its own is pruned all the same', async () => {
  const study = await newStudy(spec);
  const executor = new ScriptedExecutor(({ params }, hooks) => {
    hooks.report(points(CURVES[Number(params.n)] ?? []));
    return done;
  });
  await sweep(study, executor);
  expect(await results(study)).toEqual(['complete 1', 'pruned 4', 'pruned']);
});

test('what was let pass before the orchestrator died is not judged again; the newest step is', async () => {
  for (const [stored, result] of [
    [2, 'pruned 4'],
    [4, 'pruned 3.5'],
    [6, 'pruned 0'],
  ] as const) {
    const study = await newStudy(spec);
    // Trial 0 and 1 were both running: trial 1 was let pass for lack of peers.
    const asked = [await study.ask(newAttempt(DEAD_OWNER), T0), await study.ask(newAttempt(DEAD_OWNER), T0)];
    const [first, second] = asked.map((one) => {
      if ('exhausted' in one) throw new Error('exhausted');
      return one;
    });
    if (!first || !second) throw new Error('two trials expected');
    const objective = (curve: readonly number[]) =>
      points(curve).map((point) => ({ ...point, objective: point.name === 'loss' }));
    await study.report(
      first.trial.id,
      first.attempt?.id ?? null,
      objective([0.5, 0.4, 0.3, 0.2, 0.1, -1, -1]),
    );
    const ending = { state: 'complete', values: [-1], exitCode: 0, reason: null, finishedAtMs: T0 } as const;
    await study.tell(first.trial.id, first.attempt?.id ?? null, ending);
    await study.report(
      second.trial.id,
      second.attempt?.id ?? null,
      objective(CURVES[1]?.slice(0, stored) ?? []),
    );
    await sweep(study, chunked(1000), { budget: 2 });
    expect((await results(study))[1]).toBe(result);
  }
});

import { expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import { done, makeSpec, newStudy, ScriptedExecutor, sweep, turn } from './harness.js';

test('reports wait for the storage: what a trainer prints faster than that does not pile up', async () => {
  const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 1) }]));
  const report = study.report.bind(study);
  let stored = 0;
  study.report = async (trialId, attemptId, points) => {
    for (let k = 0; k < 20; k++) await turn();
    stored += points.length;
    return report(trialId, attemptId, points);
  };
  let most = 0;
  const executor = new ScriptedExecutor(async (_, hooks) => {
    for (let block = 0; block < 40; block++) {
      hooks.report(
        Array.from({ length: 2000 }, (_, k) => ({ name: 'loss', step: block * 2000 + k, value: 1 })),
      );
      await hooks.drain?.();
      most = Math.max(most, (block + 1) * 2000 - stored);
      await turn();
    }
    return done;
  });
  await sweep(study, executor);
  expect(stored).toBe(80_000);
  expect(most).toBeLessThan(30_000);
});

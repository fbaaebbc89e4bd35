import { expect, test } from 'vitest';
import { int } from '../../../src/core/distribution.js';
import {
  DEAD_OWNER,
  makeSpec,
  newAttempt,
  newStudy,
  results,
  ScriptedExecutor,
  sweep,
  T0,
  trains,
} from '../harness.js';

test('attempts of another executor are left unfinished, with one warning that names the executor and the fix', async () => {
  const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 4) }]));
  for (const token of ['a', 'b'])
    await study.ask({ ...newAttempt(DEAD_OWNER), token, handle: () => `quantum:${token}` }, T0);
  const { end, events } = await sweep(study, new ScriptedExecutor(trains(({ n }) => Number(n))));
  expect(end).toBe('exhausted');
  expect(await results(study)).toEqual(['running', 'running', 'complete 3', 'complete 4']);
  // The study is looked through at the start and before the end.
  expect(events.filter(({ type }) => type === 'warning')).toEqual([
    {
      type: 'warning',
      trial: null,
      message:
        'trials 0, 1 were started by the executor quantum. This sweep uses the executor local and leaves them ' +
        'unfinished. To finish them, run hpo optimize with executor: quantum',
    },
  ]);
});

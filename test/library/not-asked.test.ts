import { describe, expect, test } from 'vitest';
import { createStudy, float, loadStudy } from '../../src/index.js';
import { closing, sqliteUrl } from './support.js';

const space = { x: float(-5, 5) };

describe('a trial that nobody asked for', () => {
  test.each([
    ['none', {}],
    ['asha', {}],
    ['asha', { maxSteps: 9 }],
  ] as const)(
    'tell refuses a trial that optimize runs, with scheduler %s and %j',
    async (scheduler, more) => {
      const study = await closing(
        createStudy({ direction: 'minimize', sampler: 'random', space, scheduler, ...more }),
      );
      const told: unknown[] = [];
      await study.optimize(
        async ({ number }) => {
          await study.tell(number, 1).catch((error: { code: string }) => told.push(error.code));
          return 2;
        },
        { trials: 1 },
      );
      expect(told).toEqual(['trial.not-asked']);
      expect(await study.trials()).toMatchObject([{ state: 'complete', values: [2] }]);
    },
  );

  test.each(['none', 'asha'] as const)(
    'tell refuses a trial of a loop, also from the study opened beside it, with scheduler %s',
    async (scheduler) => {
      const storage = sqliteUrl();
      const study = await closing(
        createStudy({ name: 's', storage, direction: 'minimize', sampler: 'random', space, scheduler }),
      );
      const beside = await closing(loadStudy({ name: 's', storage }));
      const asked = await study.ask();
      const told: unknown[] = [];
      for await (const trial of study.run({ trials: '+1' })) {
        for (const each of [study, beside])
          await each.tell(trial.number, 1).catch((error: { code: string }) => told.push(error.code));
        await trial.complete(2);
      }
      expect(told).toEqual(['trial.not-asked', 'trial.not-asked']);
      // What was asked for is told anywhere.
      await beside.tell(asked.number, 3);
      expect((await study.trials()).map(({ values }) => values)).toEqual([[3], [2]]);
    },
  );
});

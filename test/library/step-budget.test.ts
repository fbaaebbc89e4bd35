import { expect, test } from 'vitest';
import { createStudy, float } from '../../src/index.js';
import { closing } from './support.js';

const MAX = 9;
const space = { x: float(0, 1) };

test('a budget of steps overruns by at most one trial, however many run at once', async () => {
  for (const budget of [20, 40]) {
    const study = await closing(
      createStudy({ direction: 'minimize', sampler: 'random', space, maxSteps: MAX }),
    );
    let steps = 0;
    let most = 0;
    let running = 0;
    await study.optimize(
      async ({ report, params }) => {
        most = Math.max(most, ++running);
        for (let step = 1; step <= MAX; step++) {
          report(params.x, step);
          steps++;
          await new Promise((resolve) => setImmediate(resolve));
        }
        running--;
        return params.x;
      },
      { budget: { steps: budget }, concurrency: 4 },
    );
    expect(steps).toBe(Math.ceil(budget / MAX) * MAX);
    expect(most).toBe(Math.min(4, Math.ceil(budget / MAX)));
  }
});

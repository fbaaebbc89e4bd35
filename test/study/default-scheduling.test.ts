import { expect, test } from 'vitest';
import { float } from '../../src/core/distribution.js';
import type { RunHooks, RunnableAttempt } from '../../src/executors/executor.js';
import { defaultScheduler } from '../../src/schedulers/default-scheduler.js';
import { Checkpointing } from './checkpointing.js';
import { done, makeSpec, newStudy, rows, sweep, T0 } from './harness.js';

const MAX_STEPS = 9;
const TRIALS = 12;
const DEFAULT = defaultScheduler({ sampler: 'random', objectives: 1, repeats: 1, defineByRun: false });
const NONE = { name: 'none', options: {} };

/** What a trainer that knows nothing of schedulers may do. */
type Trainer = {
  readonly reports: 'steps' | 'values without steps' | 'one value at its end' | 'its last step';
  /** Trainings end early, each at another step. */
  readonly stopsEarly?: boolean;
  readonly saves: boolean;
  readonly maxSteps: number | null;
};

/** Runs trainings whose loss falls towards their parameter, and returns the rows, the attempts and the warnings. */
async function search(
  { reports, saves, maxSteps, stopsEarly = false }: Trainer,
  scheduler = DEFAULT,
  more: { readonly epochs?: number } = {},
) {
  const executor: Checkpointing = new Checkpointing(async (attempt: RunnableAttempt, hooks: RunHooks) => {
    const { trial, params } = attempt;
    const valueAt = (step: number) => Number(params.x) + 1 / step;
    const last = stopsEarly ? MAX_STEPS - (trial % 6) : MAX_STEPS;
    for (let epoch = (executor.saved.get(trial) ?? 0) + 1; epoch <= last; epoch++) {
      if ((reports === 'one value at its end' || reports === 'its last step') && epoch < last) continue;
      const step = reports === 'steps' || reports === 'its last step' ? epoch : null;
      hooks.report([{ name: 'loss', step, value: valueAt(epoch) }]);
      await hooks.settled();
      if (hooks.signal.aborted) return { ...done, exitCode: 143, stoppedFor: hooks.signal.reason };
      if (saves) executor.saved.set(trial, epoch);
    }
    return done;
  });
  const spec = makeSpec([{ name: 'x', distribution: float(0, 1) }], {
    sampler: { name: 'random', options: {} },
    scheduler,
    maxSteps,
  });
  const study = await newStudy(spec);
  const { events, end } = await sweep(study, executor, {
    budget: TRIALS,
    total: TRIALS,
    now: () => T0,
    ...more,
  });
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  const table = await rows(study);
  return {
    end,
    warnings,
    attempts: executor.started.length,
    trials: table.map(({ state, values, reason }) => ({ state, values, reason })),
  };
}

test.each([MAX_STEPS, null])(
  'trials that save are paused, and the best is complete: max_steps %s',
  async (maxSteps) => {
    const { trials, attempts, warnings } = await search({ reports: 'steps', saves: true, maxSteps });
    const states = trials.map(({ state }) => state);
    expect(states.filter((state) => state === 'pruned').length).toBeGreaterThan(TRIALS / 3);
    expect(states).toContain('complete');
    expect(attempts).toBeGreaterThan(TRIALS);
    expect(warnings).toEqual([]);
    const full = await search({ reports: 'steps', saves: true, maxSteps }, NONE);
    const best = (of: typeof trials) =>
      Math.min(...of.flatMap(({ state, values }) => (state === 'complete' ? (values ?? []) : [])));
    expect(best(trials)).toBe(best(full.trials));
  },
);

test.each([{ maxSteps: MAX_STEPS }, { maxSteps: null }, { maxSteps: null, stopsEarly: true }])(
  'trials that report steps and save nothing run once, and the hopeless are stopped: %j',
  async (more) => {
    const trainer = { reports: 'steps', saves: false, ...more } as const;
    const { trials, attempts, warnings } = await search(trainer);
    const full = await search(trainer, NONE);
    expect(attempts).toBe(TRIALS);
    expect(new Set(trials.map(({ state }) => state))).toEqual(new Set(['complete', 'pruned']));
    const best = (of: typeof trials) => Math.min(...of.flatMap(({ values }) => values ?? []));
    expect(best(trials.filter(({ state }) => state === 'complete'))).toBe(best(full.trials));
    expect(warnings).toEqual([
      expect.stringMatching(/^cannot be paused: it saved no checkpoint .* only stops/),
    ]);
  },
);

test('where a study says so, trials that cannot be paused are trained in full', async () => {
  const trainer = { reports: 'steps', saves: false, maxSteps: MAX_STEPS } as const;
  const { warnings, ...found } = await search(trainer, { name: 'auto', options: { stops: false } });
  const { warnings: _, ...expected } = await search(trainer, NONE);
  expect(found).toEqual(expected);
  expect(warnings).toEqual([
    expect.stringMatching(/^it saved no checkpoint .* all trials are trained in full/),
  ]);
});

test.each([
  { reports: 'values without steps', saves: false, maxSteps: null },
  { reports: 'values without steps', saves: true, maxSteps: MAX_STEPS },
  { reports: 'one value at its end', saves: false, maxSteps: null },
  { reports: 'its last step', saves: false, maxSteps: null, stopsEarly: true },
  { reports: 'one value at its end', saves: true, maxSteps: MAX_STEPS },
] as const)('nothing changes for trials that report no steps, or only their last: %j', async (trainer) => {
  const { warnings, ...found } = await search(trainer);
  const { warnings: _, ...expected } = await search(trainer, NONE);
  expect(found).toEqual(expected);
  expect(found.trials.every(({ state }) => state === 'complete')).toBe(true);
  expect(warnings).toEqual([]);
});

test('a budget that is nearly spent is spent as without a scheduler where trials cannot be paused', async () => {
  const trainer = { reports: 'steps', saves: false, maxSteps: MAX_STEPS } as const;
  const budget = { epochs: 2 * MAX_STEPS + 1 };
  const [found, expected] = [await search(trainer, DEFAULT, budget), await search(trainer, NONE, budget)];
  expect(found.trials).toEqual(expected.trials);
  expect(found.trials).toHaveLength(3);
});

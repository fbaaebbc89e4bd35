import * as z from 'zod';
import {
  count,
  distinguished,
  flag,
  frontMember,
  json,
  metrics,
  ms,
  number,
  numbers,
  params,
  ranked,
  study,
  text,
  trial,
  trialStates,
} from './values.js';

const gauge = z.strictObject({ mean: z.number(), max: z.number(), samples: count }).nullable();
const cause = z.enum([
  ...(['completed', 'pruned', 'stopped', 'failed', 'limit', 'lost', 'not-started'] as const),
  ...(['infrastructure', 'interrupted', 'paused'] as const),
]);

const row = {
  number: trial,
  configuration: count.nullable(),
  attempt: count,
  state: trialStates,
  pausedAt: count.nullable(),
  seed: z.int().nullable(),
  device: text.nullable(),
  values: numbers.nullable(),
  params,
  forced: params,
  metrics,
  epochs: count,
  parent: z.strictObject({ trial, step: count }).nullable(),
  gpuUse: z
    .strictObject({
      cardUtilizationPercent: gauge,
      memoryMiB: gauge,
      cardMemoryMiB: gauge,
      shared: flag,
    })
    .nullable(),
  startedAtMs: ms.nullable(),
  finishedAtMs: ms.nullable(),
  ranMs: ms,
  pausedSinceMs: ms.nullable(),
  spentMs: ms,
  exitCode: z.int().nullable(),
  reason: text.nullable(),
  note: text.nullable(),
  tags: z.array(text),
  hidden: flag,
  cause: cause.nullable(),
  feasible: flag.nullable(),
  outlier: flag,
};

export const trials = z.strictObject(row);

export const show = z.strictObject({
  study,
  ...row,
  children: z.array(z.strictObject({ trial, step: count })),
  finals: metrics,
  attributes: z.record(text, json),
  curves: z.record(text, z.strictObject({ steps: z.array(count), values: numbers })),
  attempts: z.array(
    z.strictObject({
      attempt: count,
      device: text.nullable(),
      host: text.nullable(),
      startedAtMs: ms.nullable(),
      finishedAtMs: ms.nullable(),
      exitCode: z.int().nullable(),
      reason: text.nullable(),
      cause: cause.nullable(),
      lastWords: text.nullable(),
    }),
  ),
  rank: z.strictObject({ place: count, of: count, ...ranked }).nullable(),
  repeats: z.array(
    z.strictObject({ number: trial, seed: z.int().nullable(), state: text, values: numbers.nullable() }),
  ),
  host: text.nullable(),
  job: text.nullable(),
  folder: text.nullable(),
  log: text.nullable(),
  checkpoints: z.array(text),
  command: text.nullable(),
});

/** `text`: the end of the log, without control sequences; `cut`: it has more before, of `bytes` in all. */
export const logs = z.strictObject({
  study,
  trial,
  attempt: count.nullable(),
  bytes: count,
  cut: flag,
  text,
});

/** `metric`: what it is ranked by, where that is not the objective. */
export const best = z.strictObject({ metric: text.optional(), ...distinguished });
export const front = z.strictObject(frontMember);

/** A trial to run: `hpo tell` ends it. */
export const ask = z.strictObject({ study, trial, params, seed: z.int() });
export const exhausted = z.strictObject({ study, exhausted: text });
export const tell = z.strictObject({
  study,
  trial,
  state: z.enum(['complete', 'pruned', 'fail']),
  values: numbers.nullable(),
});
export const report = z.strictObject({ study, trial, prune: flag, reason: text });

/** `values` are those of its complete trials. */
const side = z.strictObject({
  configuration: count.nullable(),
  params,
  trials: z.array(trial),
  feasible: flag,
  values: z.array(z.strictObject({ seed: z.int().nullable(), value: number, trial })),
});
/** Pairs of trials with the same seed; `difference` is b minus a, `low` and `high` bound it. */
export const compareTrials = z.strictObject({
  study,
  a: side,
  b: side,
  objectives: z.array(
    z.strictObject({
      metric: text,
      pairs: z.array(z.strictObject({ seed: z.int(), a: number, b: number })),
      difference: number.nullable(),
      low: number.nullable(),
      high: number.nullable(),
      pValue: z.number().nullable(),
      tooFew: flag,
    }),
  ),
});

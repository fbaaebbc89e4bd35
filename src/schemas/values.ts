import * as z from 'zod';

/** Parts of several documents. Each object is strict, so that no test lets an undocumented member pass; what is published allows more. */
export const text = z.string();
export const flag = z.boolean();
/** A whole number from 0 on. */
export const count = z.int().min(0);
/** JSON has no NaN and no infinities: they are texts. */
export const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
/** Milliseconds since 1970, or a duration. */
export const ms = z.number();
export const trial = count;
export const study = text;
export const params = z.record(text, z.union([z.number(), text, flag, z.null()]));
export const numbers = z.array(number);
export const metrics = z.record(text, number);
export const json = z.json();

/** Trials by state. */
export const counts = z.strictObject({
  waiting: count,
  running: count,
  complete: count,
  pruned: count,
  fail: count,
});
/** The same where queued and paused trials are not among the running ones. */
export const shownCounts = counts.extend({ queued: count, paused: count });
export const states = z.enum(['waiting', 'running', 'queued', 'paused', 'complete', 'pruned', 'fail']);
/** Of `hpo trials` and `hpo show`, in capitals. */
export const trialStates = z.enum(['WAITING', 'RUNNING', 'QUEUED', 'PAUSED', 'COMPLETE', 'PRUNED', 'FAIL']);

/** A configuration with its repeats. */
export const configuration = {
  configuration: count.nullable(),
  feasible: flag,
  trials: z.array(trial),
  params,
  n: count,
};
/** One of a study with one objective. `std`: null with one trial. */
export const ranked = { ...configuration, value: number, std: number.nullable() };
/** Whether its repeats tell it from the first one. */
export const distinguished = {
  ...ranked,
  distinguishable: flag.nullable(),
  pValue: z.number().nullable(),
  repeatsNeeded: count.nullable(),
};
/** One of the Pareto front. */
export const frontMember = { ...configuration, values: numbers, std: numbers.nullable(), knee: flag };

const spentOfFull = z.strictObject({ spent: z.number(), full: z.number().nullable() });
export const savings = z.strictObject({
  scheduler: text,
  steps: spentOfFull,
  hours: spentOfFull,
  trainedSteps: count,
  prunedTrials: count,
  prunedSteps: count,
  fullSteps: count.nullable(),
  savedSteps: count.nullable(),
  savedShare: z.number().nullable(),
  savedMs: ms.nullable(),
  by: z.array(
    z.strictObject({
      stoppedBy: text,
      trials: count,
      savedSteps: count.nullable(),
      savedMs: ms.nullable(),
    }),
  ),
});
export const failures = z.array(
  z.strictObject({ reason: text, trials: count, first: trial, numbers: z.array(trial) }),
);

/** How much parameters matter for an objective. */
export const importance = {
  objective: text,
  constant: number.nullable(),
  parameters: z.array(
    z.strictObject({ name: text, importance: z.number(), low: z.number(), high: z.number() }),
  ),
  explained: z.number(),
  left: z.array(text),
  configurations: count,
  tooFew: flag,
  enough: count,
  pruned: count,
  dominant: count,
  drawn: count,
};

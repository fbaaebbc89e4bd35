import type { Params } from '../../src/core/distribution.js';
import { makeSpace, type ParamSpec, paramsKey } from '../../src/core/space.js';
import type { Objective } from '../../src/core/spec.js';
import type { TrialState } from '../../src/core/trial.js';
import type { PlotInput, PlotSettings } from '../../src/plots/plot.js';
import { targetsOf } from '../../src/plots/target.js';
import { ResultsModel } from '../../src/results/results-model.js';

export type MadeTrial = {
  readonly params: Params;
  readonly state: TrialState;
  readonly values: readonly number[] | null;
  readonly steps: readonly (readonly [step: number, value: number])[];
  readonly violations: readonly number[];
  readonly hidden: boolean;
};

/** A complete trial with one value. */
export function complete(params: Params, ...values: readonly number[]): MadeTrial {
  return { params, state: 'complete', values, steps: [], violations: [], hidden: false };
}

export type MadeStudy = {
  readonly params: readonly ParamSpec[];
  readonly objectives: readonly Pick<Objective, 'metric' | 'direction'>[];
  readonly repeats: number;
  readonly trials: readonly MadeTrial[];
};

/** What plots are drawn from, of a study with these trials; equal parameters are one configuration. */
export function inputOf(
  { params, objectives, repeats, trials }: MadeStudy,
  metric: string | null = null,
): PlotInput {
  const spec = { objectives: objectives.map((each) => ({ ...each, reduce: 'last' as const })), repeats };
  const study = { id: 1, seed: 1, space: makeSpace(params), spec };
  const ids = new Map<string, number>();
  const configOf = trials.map(({ params: of }) => {
    const key = paramsKey(of);
    const known = ids.get(key) ?? ids.size;
    ids.set(key, known);
    return known;
  });
  const results = new ResultsModel(study);
  results.apply(
    trials.map((trial, number) => ({
      ...trial,
      number,
      configuration: configOf[number] as number,
      attempt: 1,
      queued: false,
      seed: 1,
      forced: {},
      metrics: Object.fromEntries(objectives.map((each, k) => [each.metric, trial.values?.[k] ?? 0])),
      epochs: trial.steps.length,
      steps: new Map(trial.steps),
      startedAtMs: 0,
      finishedAtMs: 1,
      reason: null,
      device: null,
      exitCode: null,
      cause: null,
      gpuUse: null,
      note: null,
      tags: [],
    })),
  );
  const targets = targetsOf(results);
  const target = targets.find(({ name }) => metric === null || name === metric);
  if (!target) throw new RangeError(`no metric ${metric}`);
  return { results, target, curveOf: (trial) => results.curves.get(trial) };
}

export const PLAIN: PlotSettings = { top: 5, isLogY: false, showsOutliers: false };

import { float, type Params } from '../../src/core/distribution.js';
import { makeSpace, type ParamSpec, paramsKey } from '../../src/core/space.js';
import type { Objective } from '../../src/core/spec.js';
import type { TrialState } from '../../src/core/trial.js';
import type { CartesianPanel, Figure, Mark } from '../../src/plots/figure.js';
import type { PlotInput, PlotSettings } from '../../src/plots/plot.js';
import { plots } from '../../src/plots/registry.js';
import { targetsOf } from '../../src/plots/target.js';
import { ResultsModel } from '../../src/results/results-model.js';

export type MadeTrial = {
  readonly params: Params;
  readonly state: TrialState;
  readonly values: readonly number[] | null;
  readonly steps: readonly (readonly [step: number, value: number])[];
  readonly violations: readonly number[];
  readonly hidden: boolean;
  /** When its attempt ran, and where: as in storage, null for not yet. */
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly device: string | null;
};

/** When and where a trial ran of which a test says nothing of it. */
export const RAN = { startedAtMs: 0, finishedAtMs: 1, device: null } as const;

/** A complete trial with one value. */
export function complete(params: Params, ...values: readonly number[]): MadeTrial {
  return { params, state: 'complete', values, steps: [], violations: [], hidden: false, ...RAN };
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
      pausedAt: null,
      ranMs: 0,
      pausedSinceMs: null,
      spentMs: 0,
      seed: 1,
      forced: {},
      metrics: Object.fromEntries(objectives.map((each, k) => [each.metric, trial.values?.[k] ?? 0])),
      epochs: trial.steps.length,
      parent: null,
      steps: new Map(trial.steps),
      reason: null,
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

export const PLAIN: PlotSettings = { top: 5, isLogY: false, showsOutliers: false, parameters: [] };

/** A study of one parameter and one objective, unless a test says otherwise. */
export const study = (trials: readonly MadeTrial[], changes: Partial<MadeStudy> = {}): MadeStudy => ({
  params: [{ name: 'a', distribution: float(0, 1) }],
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  repeats: 1,
  trials,
  ...changes,
});

/** Draws a kind of plot. */
export async function draw(
  kind: string,
  made: MadeStudy,
  changes: Partial<typeof PLAIN> = {},
): Promise<Figure> {
  const entry = plots.find(({ name }) => name === kind);
  if (!entry) throw new RangeError(kind);
  return (await entry.load())(inputOf(made), { ...PLAIN, ...changes });
}

/** The marks of the first panel in a tone. */
export function marksOf(figure: Figure, mark: Mark['mark'], tone: string) {
  return (figure.panels[0] as CartesianPanel).marks.filter(
    (each) => each.mark === mark && each.tone === tone,
  );
}

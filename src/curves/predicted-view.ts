import type { Space } from '../core/space.js';
import type { ConfigView, StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { type CurveModel, fitCurves } from './curve-model.js';

/**
 * Returns a view in which every configuration that is paused or running has the value that is forecast for the full budget, by its
 * curve and those of its neighbors, with the error of that as its standard deviation and no complete trial (`trialCount` 0). A sampler that sees early
 * values optimizes early values: it avoids what learns slowly and ends well. Without anything to forecast, or with several
 * objectives, it is the same view.
 */
export function predictedView(view: StudyView, space: Space): StudyView {
  if (view.directions.length > 1 || !view.configs.some(isOpen)) return view;
  const model = curvesOf(view, space);
  if (model === null) return view;
  return {
    ...view,
    configs: view.configs.map((config) => (isOpen(config) ? withForecast(config, model) : config)),
  };
}

type Known = { readonly view: StudyView; readonly space: Space; readonly model: CurveModel | null };
let newest: Known | null = null;

/** Returns the model of a view; who asks for the same configurations right after another shares it. */
export function curvesOf(view: StudyView, space: Space): CurveModel | null {
  if (newest === null || newest.space !== space || !isSame(newest.view, view))
    newest = { view, space, model: fitCurves(view, space) };
  return newest.model;
}

/** Whether the model of one view is that of the other: a configuration never changes, a new fact makes a new one. */
function isSame(a: StudyView, b: StudyView): boolean {
  return (
    a.maxSteps === b.maxSteps &&
    a.directions.join() === b.directions.join() &&
    a.configs.length === b.configs.length &&
    a.configs.every((config, k) => config === b.configs[k])
  );
}

/**
 * Whether a configuration has reports, may still be continued, and has no result of a whole training. One that was pruned is over:
 * a pruner or scheduler has found it worse than others, and gp does better if it keeps away from it (`npm run bench -- budgets`).
 */
function isOpen({ state, trialCount, trials }: ConfigView): boolean {
  return state === 'running' && trialCount === 0 && trials.some(hasReports);
}

function hasReports({ state, steps }: TrialView): boolean {
  return state !== 'fail' && steps.size > 0;
}

function withForecast(config: ConfigView, model: CurveModel): ConfigView {
  const forecasts = config.trials.flatMap((trial) =>
    hasReports(trial) ? (model.forecast(trial.number) ?? []) : [],
  );
  const [first] = forecasts;
  if (first === undefined) return config;
  return { ...config, values: [first.value], std: [Math.abs(first.worse - first.better) / 2] };
}

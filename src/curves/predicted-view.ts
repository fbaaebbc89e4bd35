import type { Space } from '../core/space.js';
import type { ConfigView, StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { type CurveModel, fitCurves } from './curve-model.js';

/**
 * Returns a view in which every configuration without a complete trial has the value that its trials are forecast to reach at
 * the full budget, as if it were complete. A sampler that sees early values optimizes early values: it avoids what learns
 * slowly and ends well. Without anything to forecast, or with several objectives, it is the same view.
 */
export function predictedView(view: StudyView, space: Space): StudyView {
  if (view.directions.length > 1 || !view.configs.some(isOpen)) return view;
  const model = curvesOf(view, space);
  if (model === null) return view;
  return { ...view, configs: view.configs.map((config) => (isOpen(config) ? withForecast(config, model) : config)) };
}

const memo = new WeakMap<StudyView, { readonly space: Space; readonly model: CurveModel | null }>();

/** Returns the model of a view; a view never changes, so all who ask for the same one share it. */
export function curvesOf(view: StudyView, space: Space): CurveModel | null {
  const known = memo.get(view);
  if (known?.space === space) return known.model;
  const model = fitCurves(view, space);
  memo.set(view, { space, model });
  return model;
}

/** Whether a configuration has reports, and no result of a whole training. */
function isOpen({ state, trialCount, trials }: ConfigView): boolean {
  return state !== 'fail' && trialCount === 0 && trials.some(hasReports);
}

function hasReports({ state, steps }: TrialView): boolean {
  return state !== 'fail' && steps.size > 0;
}

function withForecast(config: ConfigView, model: CurveModel): ConfigView {
  const forecasts = config.trials.flatMap((trial) => (hasReports(trial) ? (model.evidence(trial.number) ?? []) : []));
  const [first] = forecasts;
  if (first === undefined) return config;
  return { ...config, values: [first.value], std: [Math.abs(first.worse - first.better) / 2] };
}

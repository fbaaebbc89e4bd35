/** The library: studies that optimize a function, and studies to ask and tell. The command line uses the same parts. */

export type {
  CategoricalDistribution,
  Distribution,
  FloatDistribution,
  IntDistribution,
  Params,
  ParamValue,
} from './core/distribution.js';
export { categorical, contains, float, int } from './core/distribution.js';
export { drawUniform } from './core/draw.js';
export { HpoError } from './core/errors.js';
export type { Rng } from './core/rng.js';
export type { ParamSpec, Space } from './core/space.js';
export type { ConfigState, ConfigView, StudyView } from './core/study-view.js';
export type { Attrs, Direction, FinishedState, JsonValue, TrialState, TrialView } from './core/trial.js';
export { TrialPruned } from './core/trial-pruned.js';
export type { ObjectiveResult } from './executors/function/executor.js';
export type { FunctionTrial as Trial } from './executors/function/trial.js';
export type {
  AskedTrial,
  Best,
  ComponentSpec,
  CreateStudyOptions,
  FinishedTrial,
  LibraryStudy,
  LoadStudyOptions,
  Objective,
  OptimizeOptions,
  OptimizeResult,
  ParamsOf,
  ParetoPoint,
  Retries,
  SearchSpace,
  Study,
  TrialResult,
  TrialSummary,
} from './library/types.js';
export { createStudy, loadStudy } from './library.js';
export { formatMetric } from './protocol/metric.js';
export type { Decision, Pruner } from './pruners/pruner.js';
export type { Proposal, Sampler } from './samplers/sampler.js';

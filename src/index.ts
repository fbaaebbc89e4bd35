/** The library: studies that optimize a function, and studies to ask and tell. The command line uses the same parts. */

export type { Comparison, Condition } from './core/constraint.js';
export type {
  CategoricalDistribution,
  Distribution,
  FloatDistribution,
  IntDistribution,
  Params,
  ParamValue,
} from './core/distribution.js';
export { contains } from './core/distribution.js';
export { drawUniform } from './core/draw.js';
export { HpoError } from './core/errors.js';
export type { Rng } from './core/rng.js';
export type { ParamSpec, Space } from './core/space.js';
export type { ConfigState, ConfigView, StudyView } from './core/study-view.js';
export type { Attrs, Direction, FinishedState, JsonValue, TrialState, TrialView } from './core/trial.js';
export { TrialPruned } from './core/trial-pruned.js';
export type {
  Executor,
  MetricPoint,
  Outcome,
  RunHooks,
  RunnableAttempt,
} from './executors/executor.js';
export type { TrialCheckpoint } from './executors/function/checkpoints/trial-checkpoint.js';
export type { ObjectiveResult } from './executors/function/executor.js';
export type { FunctionTrial as Trial } from './executors/function/trial.js';
export { categorical, float, int } from './library/distributions.js';
export * from './library/pruner-functions.js';
export * from './library/sampler-functions.js';
export * from './library/scheduler-functions.js';
export * from './library/terminator-functions.js';
export type * from './library/types.js';
export { copyStudy, createStudy, deleteStudy, listStudies, loadStudy, openStorage } from './library.js';
export type { Logger } from './loggers/logger.js';
export { formatMetric } from './protocol/metric.js';
export type { CustomPruner as Pruner, Decision } from './pruners/pruner.js';
export type { CustomSampler as Sampler, Proposal } from './samplers/sampler.js';
export type {
  FirstTarget,
  Promotion,
  Scheduler,
  ScheduleView,
  Verdict as ScheduleVerdict,
} from './schedulers/scheduler.js';
export type { SweepEvent } from './study/events.js';
export type { CustomTerminator as Terminator, Verdict } from './terminators/terminator.js';

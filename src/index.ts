/** The library: studies that programs ask and tell themselves. The command line is built from the same parts. */

export type {
  CategoricalDistribution,
  Distribution,
  FloatDistribution,
  IntDistribution,
  Params,
  ParamValue,
} from './core/distribution.js';
export { categorical, float, int } from './core/distribution.js';
export { HpoError } from './core/errors.js';
export type { Direction, FinishedState, TrialState } from './core/trial.js';
export { createStudy } from './library.js';
export { formatMetric } from './protocol/metric.js';
export type { AskedTrial, CreateStudyOptions, LibraryStudy, Told } from './study/library.js';

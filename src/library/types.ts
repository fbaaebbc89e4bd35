export type { Callbacks, CallOptions, OptimizeOptions, OptimizeResult, RunOptions } from './call-options.js';
export type { SpaceConstraint } from './constraint-types.js';
export type { Conditional } from './distributions.js';
export type { Duration } from './duration.js';
export type { Retries } from './retries.js';
export type { ParamsOf, SearchSpace } from './space-types.js';
export type {
  CopyStudyOptions,
  NamedStudy,
  StorageOption,
  StorageUrl,
  StudyInfo,
  StudyStorage,
} from './storage-types.js';
export type {
  ComponentSpec,
  CreateStudyOptions,
  GivenOptions,
  LoadStudyOptions,
  NamedDirections,
  SearchOptions,
} from './study-options.js';
export type { LibraryStudy, Study, StudyEvents } from './study-types.js';
export type {
  AddedTrial,
  AskedTrial,
  Best,
  BestTrial,
  FinishedTrial,
  Objective,
  ParetoPoint,
  RunningTrial,
  TrialAttrs,
  TrialFilter,
  TrialResult,
  TrialSummary,
} from './trial-types.js';

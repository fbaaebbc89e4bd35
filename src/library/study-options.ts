import type { Direction } from '../core/trial.js';
import type { CustomPruner } from '../pruners/pruner.js';
import type { CustomSampler } from '../samplers/sampler.js';
import type { Scheduler } from '../schedulers/scheduler.js';
import type { CustomTerminator } from '../terminators/terminator.js';
import type { SpaceConstraint } from './constraint-types.js';
import type { PrunerName, PrunerSpec } from './pruner-functions.js';
import type { SamplerName, SamplerSpec } from './sampler-functions.js';
import type { SchedulerName, SchedulerSpec } from './scheduler-functions.js';
import type { CheckedSpace, SearchSpace } from './space-types.js';
import type { CheckedUrl, StorageUrl, StudyStorage } from './storage-types.js';
import type { TerminatorName, TerminatorSpec } from './terminator-functions.js';
import type { Unnamed } from './values.js';

/** A registered name, alone or with options, whose types nobody checks. */
export type ComponentSpec = string | ({ readonly name: string } & Readonly<Record<string, unknown>>);

/** How a study searches. It may differ from one call to the next. */
export type SearchOptions = {
  /** `tpe({ startupTrials: 10 })`, a name, a name with options, or an object of yours. Default: auto. */
  readonly sampler?: SamplerName | SamplerSpec | CustomSampler;
  /**
   * How far trials are trained: `asha()`, which pauses trials and continues the best, a rule that only stops them, such as
   * `median()`, a name, a name with options, or an object of yours. Default: auto; none with the sampler grid, repeats, several
   * objectives or without a space.
   */
  readonly scheduler?: SchedulerName | SchedulerSpec | Scheduler | CustomPruner;
  /** The last step of a full trial, which reports steps 1 to this. Default: that of the longest complete trial. */
  readonly maxSteps?: number;
  /**
   * What stops trials early.
   * @deprecated Use `scheduler`, which takes the same.
   */
  readonly pruner?: PrunerName | PrunerSpec | CustomPruner;
};

/** One objective without a name. */
type OneDirection = {
  /** The direction of the only objective. */
  readonly direction: Direction;
  readonly objectives?: undefined;
  readonly directions?: undefined;
  /** @deprecated Use `objectives`. */
  readonly metrics?: readonly string[];
};

/** One or several objectives with names. `M`: the names. */
export type NamedObjectives<M extends string> = {
  /** The name and the direction of each objective: `{ quality: 'maximize', cents: 'minimize' }`. */
  readonly objectives: { readonly [K in M]: Direction };
  readonly direction?: undefined;
  readonly directions?: undefined;
  readonly metrics?: undefined;
};

type ListedDirections<M extends string, D extends readonly Direction[]> = {
  /** @deprecated Use `objectives: { NAME: 'minimize' }`. */
  readonly directions: D;
  /** @deprecated Use `objectives`. Names of the objectives, one for each direction. */
  readonly metrics?: readonly M[];
  readonly direction?: undefined;
  readonly objectives?: undefined;
};

/** Exactly one of `direction` and `objectives`. */
export type Goal<M extends string, D extends readonly Direction[]> =
  | OneDirection
  | NamedObjectives<M>
  | ListedDirections<M, D>;

/** `S`: the space. `M`: the names of the objectives. `D`: a list of directions. `U`: the storage URL. */
export type CreateStudyOptions<
  S extends SearchSpace = SearchSpace,
  M extends string = string,
  D extends readonly Direction[] = readonly Direction[],
  U extends string = string,
> = StudySettings<S, U> & Goal<M, D>;

/** What a study is, its objectives aside. */
type StudySettings<S extends SearchSpace, U extends string> = SearchOptions & {
  /** Default: `study`. */
  readonly name?: string;
  /**
   * `memory:` (the default), `sqlite:FILE`, a path that ends in `.db`, `.sqlite` or `.sqlite3`, or what `openStorage`
   * has opened.
   */
  readonly storage?: CheckedUrl<U> | StudyStorage;
  /** What is searched. Without it the objective names its parameters as it runs (`trial.suggestFloat`). */
  readonly space?: S & CheckedSpace<S>;
  /** Rules that tie parameters together, and limits of metrics: `{ sum: ['m', 'n'], max: 18 }`, `'memory_mb <= 8000'`. */
  readonly constraints?: readonly SpaceConstraint<NoInfer<S>>[];
  /** What ends the search when little is left to gain. Default: none. */
  readonly terminator?: TerminatorName | TerminatorSpec | CustomTerminator;
  /**
   * Earlier studies with the same objective that a new study learns from, as far as they help:
   * `{ studies: ['a', { study: 'b', storage: 'old.db' }], weight: 'auto' }`. Default: none.
   */
  readonly transfer?: TransferOptions;
  /** Trials of each configuration, each with its own seed; or a race for them. Default: 1. */
  readonly repeats?: number | RaceOptions;
  /** Default: 0. With one trial at a time the same seed proposes the same configurations. */
  readonly seed?: number;
  /** True: resume a study of this name instead of failing. Several programs may start at once this way. Default: false. */
  readonly loadIfExists?: boolean;
  /**
   * True: a study that `loadIfExists` finds continues with this space, these constraints and these limits. Its trials keep their values.
   * Default: false, which refuses another search than that of the study.
   */
  readonly allowChange?: boolean;
};

/** Earlier studies that a new one learns from. What they have found by then is kept with it. */
export type TransferOptions = {
  /** Their names; `storage`: where one is, if not where the new study is. */
  readonly studies: readonly (string | { readonly study: string; readonly storage?: string })[];
  /** The most that they count together, from 0 (nothing) to 1. Default: `auto`, by how well they rank the results. */
  readonly weight?: 'auto' | number;
};

/** Trials of a configuration, each with its own seed. */
export type RaceOptions = {
  /** The most trials of one configuration. */
  readonly max: number;
  /**
   * Every configuration runs once, and further seeds go to those that may still be the best. False: every configuration gets all.
   * Default: true.
   */
  readonly race?: boolean;
};

/**
 * The options of `createStudy` as a call gives them: any goals, and a check that they are exactly one. A union alone would say of two
 * goals that one of them has a wrong type. `A`: the direction. `B`: the objectives. `M` and `D`: lists of names and directions.
 */
export type GivenOptions<
  S extends SearchSpace,
  U extends string,
  A extends Direction | undefined,
  B extends NamedDirections | undefined,
  M extends string,
  D extends readonly Direction[],
> = StudySettings<S, U> & {
  /** The direction of the only objective. */
  readonly direction?: A;
  /** The name and the direction of each objective: `{ quality: 'maximize', cents: 'minimize' }`. */
  readonly objectives?: B;
  /** @deprecated Use `objectives: { NAME: 'minimize' }`. */
  readonly directions?: D;
  /** @deprecated Use `objectives`. Names of the objectives, one for each direction. */
  readonly metrics?: readonly M[];
} & OneGoal<
    Given<A>,
    Given<B>,
    D extends readonly [] ? 'no' : readonly Direction[] extends D ? 'perhaps' : 'yes'
  > &
  ([B] extends [undefined]
    ? unknown
    : Unnamed extends M
      ? unknown
      : Refused<'expected no metrics beside objectives'>);

/** Directions by the names of the objectives. */
export type NamedDirections = { readonly [name: string]: Direction };

/** A property that nobody has: the compiler shows its name. */
type Refused<Why extends string> = { readonly [K in Why]: never };

/** A variable of the type `CreateStudyOptions` may have either: that is left to the check when the program runs. */
type Given<T> = [T] extends [undefined] ? 'no' : undefined extends T ? 'perhaps' : 'yes';

type Other = 'no' | 'perhaps';
type OneGoal<A, B, D> = [A, B, D] extends
  | ['yes', Other, Other]
  | [Other, 'yes', Other]
  | [Other, Other, 'yes']
  | ['perhaps', Other, Other]
  | [Other, 'perhaps', Other]
  | [Other, Other, 'perhaps']
  ? unknown
  : Refused<'expected exactly one of direction and objectives'>;

export type LoadStudyOptions<
  S extends SearchSpace = SearchSpace,
  M extends string = string,
  U extends string = StorageUrl,
> = SearchOptions & {
  readonly name: string;
  /** `sqlite:FILE`, a path that ends in `.db`, `.sqlite` or `.sqlite3`, or what `openStorage` has opened. */
  readonly storage: CheckedUrl<U> | StudyStorage;
  /** Gives the parameters their types. It must equal the space of the study, unless `allowChange` is true. */
  readonly space?: S & CheckedSpace<S>;
  /** True: the study gets this space; its trials keep their values. Default: false. */
  readonly allowChange?: boolean;
  /** Gives the values their names. They must be the objectives of the study. */
  readonly objectives?: { readonly [K in M]: Direction };
  /** A terminator of yours, where the study was made with one. */
  readonly terminator?: CustomTerminator;
};

import { type ComponentSpec, isCustomName } from '../core/component-options.js';
import type { StudySpec } from '../core/spec.js';

const NONE: ComponentSpec = { name: 'none', options: {} };
/** Nobody has said that trials save: it pauses them once one has, and judges those that do not. */
const AUTO: ComponentSpec = { name: 'auto', options: { assumes_saves: false } };

/** What the default depends on. */
export type SearchedStudy = {
  /** The name of its sampler. */
  readonly sampler: string;
  /** How many objectives it has. */
  readonly objectives: number;
  /** The most trials of one configuration. */
  readonly repeats: number;
  /** The objective names its parameters as it runs. */
  readonly defineByRun: boolean;
};

/**
 * Returns the scheduler of a study that names neither a scheduler nor a pruner. It is none where every trial is wanted in full:
 * with a grid every point is, with repeats every mean, and of several objectives, and of a space that nobody has declared, there is no
 * model of curves.
 */
export function defaultScheduler({
  sampler,
  objectives,
  repeats,
  defineByRun,
}: SearchedStudy): ComponentSpec {
  return sampler === 'grid' || objectives > 1 || repeats > 1 || defineByRun ? NONE : AUTO;
}

/**
 * Returns the scheduling of a study that exists and for which nobody names one now: its own. One of another program has none, and code
 * of the user's that is not given any more is none either.
 */
export function keptScheduling(own: Scheduling | null): Scheduling {
  const isGone = own === null || isCustomName(own.scheduler.name) || isCustomName(own.pruner.name);
  return isGone ? { scheduler: NONE, pruner: NONE } : { scheduler: own.scheduler, pruner: own.pruner };
}

type Scheduling = Pick<StudySpec, 'scheduler' | 'pruner'>;

/** Returns whether trials that cannot be paused are trained in full, because a study says so. */
export function trainsUnsavedInFull({ name, options }: ComponentSpec): boolean {
  return name === AUTO.name && options.stops === false;
}

/** Returns whether nobody has said that trials save: with the default, and where those that cannot be paused are trained in full. */
export function waitsForSave(scheduler: ComponentSpec): boolean {
  const { name, options } = scheduler;
  return trainsUnsavedInFull(scheduler) || (name === AUTO.name && options.assumes_saves === false);
}

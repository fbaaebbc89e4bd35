import type { ComponentSpec } from '../core/component-options.js';
import type { Space } from '../core/space.js';
import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import type { Proposal } from '../samplers/sampler.js';
import type { Scheduler, ScheduleView, Verdict } from '../schedulers/scheduler.js';
import type { Judgment } from '../terminators/terminator.js';

/** The components of a study that a thread can load: those of the registries, with all options. Null: none, or the user's own. */
export type ThreadParts = {
  readonly sampler: ComponentSpec | null;
  readonly scheduler: ComponentSpec | null;
  readonly terminator: ComponentSpec | null;
};

/** What a thread computes. `seed`: of the generator that the component draws from. */
export type Task =
  | { readonly kind: 'sample'; readonly at: { readonly index: number }; readonly seed: string }
  | { readonly kind: 'terminate'; readonly seed: string }
  | { readonly kind: 'decide'; readonly trial: TrialView }
  | { readonly kind: 'next' };

export type TaskKind = Task['kind'];

/** What each kind of task comes to. */
export type Results = {
  readonly sample: Proposal;
  readonly terminate: Judgment;
  readonly decide: Verdict;
  readonly next: Awaited<ReturnType<Scheduler['next']>>;
};

/** `drawn`: random numbers that were drawn. */
export type Computed<K extends TaskKind> = { readonly value: Results[K]; readonly drawn: number };

/** What a task is computed on. A scheduler's view says more than a sampler's. */
export type Seen = { readonly space: Space; readonly view: StudyView | Omit<ScheduleView, 'space'> };

/** Computes what the components of one study decide, away from the event loop. */
export interface Thread {
  /** Returns null where the thread has ended or the component threw: then the caller computes it itself. */
  compute<K extends TaskKind>(seen: Seen, task: Task & { readonly kind: K }): Promise<Computed<K> | null>;
  /** Computes a task for nothing, so that the thread learns to do it fast. Returns how long it took, in milliseconds; null as `compute`. */
  rehearse(seen: Seen, task: Task): Promise<number | null>;
  /** Ends the thread. */
  close(): Promise<void>;
}

/** Starts a thread. Null: this process may not start one. */
export type StartThread = (parts: ThreadParts) => Promise<Thread | null>;

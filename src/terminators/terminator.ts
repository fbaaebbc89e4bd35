import type { ExpectedGain } from '../core/expected-gain.js';
import type { Rng } from '../core/rng.js';
import type { Space } from '../core/space.js';
import type { StudyView } from '../core/study-view.js';

export type Verdict = { readonly stop: boolean; readonly reason: string };

/** `gain` null: it cannot tell. */
export type Judgment = Verdict & { readonly gain: ExpectedGain | null };

/**
 * Decides whether a sweep should continue. Synchronous and pure: the same space, view and generator give the same verdict. It
 * never throws: a sweep that it cannot judge continues, and the reason says why.
 */
export interface Terminator {
  decide(space: Space, view: StudyView, at: { readonly rng: Rng }): Judgment;
}

/** A terminator of a program: it may say what there is to gain, or not. It may wait for something, and what it throws ends the call. */
export interface CustomTerminator {
  decide(
    space: Space,
    view: StudyView,
    at: { readonly rng: Rng },
  ): Verdict | Judgment | Promise<Verdict | Judgment>;
}

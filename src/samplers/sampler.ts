import type { Params } from '../core/distribution.js';
import type { HpoError } from '../core/errors.js';
import type { Rng } from '../core/rng.js';
import type { Space } from '../core/space.js';
import type { StudyView } from '../core/study-view.js';
import type { Attrs } from '../core/trial.js';

/**
 * A sampler's proposal: the active parameters (as `resolve` of the space returns them), with any attributes that it
 * wants to read in later views. Or the reason why nothing is left to try.
 */
export type Proposal = { readonly params: Params; readonly attrs?: Attrs } | { readonly exhausted: string };

/**
 * Chooses the next configuration. Synchronous and pure: the same space, view, index and generator give the same
 * proposal. It may propose a forbidden or tried configuration; the study then asks again with another generator,
 * and moves a proposal that stays forbidden to a near point that the constraints allow.
 */
export interface Sampler {
  sample(space: Space, view: StudyView, at: { readonly index: number; readonly rng: Rng }): Proposal;
  /** Returns why this sampler cannot search the space; null when it can. */
  refuse?(space: Space): HpoError | null;
}

/** A sampler of a user: as `Sampler`, but it may wait for something, such as a service or a worker. */
export interface CustomSampler {
  sample(
    space: Space,
    view: StudyView,
    at: { readonly index: number; readonly rng: Rng },
  ): Proposal | Promise<Proposal>;
  /** Returns why this sampler cannot search the space; null when it can. */
  refuse?(space: Space): HpoError | null;
}

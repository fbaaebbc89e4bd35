import type { Params } from '../core/distribution.js';
import type { HpoError } from '../core/errors.js';
import type { Rng } from '../core/rng.js';
import type { Space } from '../core/space.js';
import type { StudyView } from '../core/study-view.js';
import type { Attrs } from '../core/trial.js';

/**
 * What a sampler proposes: the active parameters (as `resolve` of the space yields them) with whatever it wants to
 * find again in later views, or the news that nothing is left to try.
 */
export type Proposal = { readonly params: Params; readonly attrs?: Attrs } | { readonly exhausted: string };

/**
 * Chooses the next configuration. Synchronous and pure: the same space, view, index and generator give the same
 * proposal. It may propose what is forbidden or already held; the study then asks again with another generator.
 */
export interface Sampler {
  sample(space: Space, view: StudyView, at: { readonly index: number; readonly rng: Rng }): Proposal;
  /** Why this sampler cannot search the space; null when it can. */
  refuse?(space: Space): HpoError | null;
}

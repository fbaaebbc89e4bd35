import type { Space } from '../../core/space.js';
import type { StudySpec } from '../../core/spec.js';
import type { StudyView } from '../../core/study-view.js';
import type { Direction } from '../../core/trial.js';
import type { SamplerEntry } from '../../samplers/registry.js';
import type { CustomSampler } from '../../samplers/sampler.js';
import type { AskingStore, StudyStore, TrialStore } from '../../storage/storage.js';
import type { StudyRows } from '../study-context.js';

/** What a sampler learns from: a view, and whether that view holds a configuration with a key. */
export type History = { readonly view: StudyView; readonly isTried: (key: string) => boolean };

/** What proposes a configuration. It reads and stores nothing. */
export type SearchContext = {
  readonly seed: number;
  /** In a define-by-run study `learntSpace` replaces it, so read it when it is needed. */
  readonly space: Space;
  readonly sampler: CustomSampler;
  readonly samplerEntry: SamplerEntry;
};

/** What opens the trial of a new configuration. */
export type AskContext = StudyRows<StudyStore & TrialStore & AskingStore> &
  SearchContext & {
    readonly spec: Pick<StudySpec, 'repeats' | 'defineByRun'>;
    readonly directions: readonly Direction[];
    /** The name of this process, as stored with the indices it reserves. */
    readonly owner: string;
    history(): Promise<History>;
    /** Reads the parameters that other programs have named meanwhile; then `space` has them too. */
    learntSpace(): Promise<Space>;
    /** The seed of a configuration's trial number `repeat`. */
    seedOf(repeat: number): number;
  };

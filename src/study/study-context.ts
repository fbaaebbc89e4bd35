import type { Params } from '../core/distribution.js';
import type { StudySpec } from '../core/spec.js';
import type { StudyView } from '../core/study-view.js';
import type { ConfigRecord } from '../storage/storage.js';
import type { ViewTrial } from './view-trial.js';

/** Names a study in messages, files and seeds. */
export type StudyIdentity = { readonly id: number; readonly name: string; readonly seed: number };

/** The rows of one study: its id, and those contracts of the storage that are needed. */
export type StudyRows<Contracts> = { readonly id: number; readonly storage: Contracts };

/** A configuration and its trials, both as stored. */
export type Configuration = { readonly config: ConfigRecord; readonly trials: readonly ViewTrial[] };

/** What every table of results is made from. */
export type ResultsSource = {
  readonly spec: Pick<StudySpec, 'objectives' | 'repeats'>;
  /** The newest view of the study. */
  view(): Promise<StudyView>;
  /** Configurations with their trials, in order of creation. Those of other programs are not among them. */
  configurations(): Promise<readonly Configuration[]>;
  /** The parameters that the trainer of a configuration gets. */
  effectiveParams(config: Pick<ConfigRecord, 'params' | 'forced'>): Params;
};

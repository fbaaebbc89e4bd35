import type { OptimizeRequest } from '../optimize/options.js';

/** What is optimized, in the order of the command line. */
export type Goal = { readonly metric: string; readonly direction: 'minimize' | 'maximize' };

/** The options of `hpo tune`, as commander gives them. */
export type TuneRequest = Omit<OptimizeRequest, 'sweep'> & {
  readonly goals: readonly Goal[];
  /** Flags of settings, as they were typed, by the key of the sweep file. */
  readonly settings: ReadonlyMap<string, string>;
  readonly name?: string;
  readonly reduce?: string;
  readonly repeats?: number;
  readonly metricFormat?: string;
  readonly metricPattern?: string;
  readonly metricPath?: string;
  readonly constraint: readonly string[];
  readonly set: readonly string[];
  readonly save?: string;
};

import type { PartName } from './parts.js';

/** One row of docs/reliability.md. */
export type Fault = {
  readonly fault: string;
  readonly promise: string;
  /** Test files that prove the promise; paths from the root. */
  readonly tests: readonly string[];
  /** The parts of `npm run torture` whose figures the row shows. */
  readonly parts: readonly PartName[];
  /**
   * Names of mutants (test/mutants/) that take the row's protections out. None where the promise is ordinary logic of one
   * process: its tests alone back it.
   */
  readonly mutants: readonly string[];
};

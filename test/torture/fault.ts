import type { PartName } from './parts.js';

/** One row of docs/reliability.md. */
export type Fault = {
  readonly fault: string;
  readonly promise: string;
  /** Test files that show it, from the root. */
  readonly tests: readonly string[];
  /** The parts of the torture whose figures stand in the row. */
  readonly parts: readonly PartName[];
  /** Patches of test/mutations that take the row's protections out, without their ending. */
  readonly mutations: readonly string[];
};

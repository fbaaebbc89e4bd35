import type { Faults } from './audit.js';

/** One part of the chaos runs: its figures, and what was wrong. */
export type PartResult = {
  /** Figures for docs/reliability.json, without lost, doubled and mismatches. */
  readonly figures: Readonly<Record<string, number | string>>;
  readonly faults: Faults;
};

export type PartOptions = {
  readonly seed: number;
  /** The form that the ordinary tests run, in seconds. */
  readonly short: boolean;
  readonly say: (line: string) => void;
};

export type Part = (options: PartOptions) => Promise<PartResult>;

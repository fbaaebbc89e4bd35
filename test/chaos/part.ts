import type { Faults } from './audit.js';

/** One part of the torture: what it did in numbers, and what was wrong. */
export type PartResult = {
  /** What docs/reliability.json keeps, lost, doubled and mismatches apart. */
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

import type { Section } from '../bench.js';

/** What one part of the bench found. */
export type SpeedPart = {
  readonly section: Section;
  readonly figures: { readonly [name: string]: unknown };
};

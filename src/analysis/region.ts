/** Part of an axis: an interval of its range, or some of its choices. */
export type Region =
  | { readonly low: number; readonly high: number }
  | { readonly choices: readonly number[]; readonly of: number };

/** The share of its axis that a region takes. */
export function measure(region: Region): number {
  return 'choices' in region ? region.choices.length / region.of : region.high - region.low;
}

import type { Distinction } from '../results/distinction.js';

/** Names of tests. */
export const TESTS = { paired: 'paired t-test by seed', welch: "Welch's t-test" } as const;

/** Returns a line about configurations that the repeats do not tell from the first one; none where they tell all apart. */
export function distinctionText(distinctions: readonly Distinction[]): string[] {
  const same = distinctions.flatMap(({ distinguishable }, k) =>
    k > 0 && distinguishable === false ? [k + 1] : [],
  );
  const [first] = same;
  if (first === undefined) return [];
  const { test, pValue, repeatsNeeded } = distinctions[first - 1] as Distinction;
  const rows = `${same.length === 1 ? 'row' : 'rows'} ${same.join(', ')}`;
  const how = `${TESTS[test ?? 'welch']}, adjusted p = ${(pValue ?? 1).toPrecision(2)} for row ${first}`;
  const more =
    repeatsNeeded === null ? '' : `; about ${repeatsNeeded} repeats of each might tell row ${first}`;
  return [`${rows}: not distinguishable from row 1 by their repeats (${how})${more}`];
}

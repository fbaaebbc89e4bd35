/**
 * Returns the candidate that a misspelled name most likely meant, or null when none is close.
 *
 * Close means that at most a third of the longer name's letters must be changed (Levenshtein 1966, with a swap of two
 * neighbors counted once as in Damerau 1964). The last part of a dotted name is also compared alone, so that `step_size`
 * finds `learner.step_size`.
 */
export function nearest(name: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const cost = Math.min(
      relative(name, candidate),
      relative(lastPart(name), lastPart(candidate)) + 0.01, // a full match beats a match of the last parts
    );
    if (cost < bestCost) [best, bestCost] = [candidate, cost];
  }
  return bestCost <= 0.4 ? best : null;
}

function relative(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  // An edit distance is quadratic; no intended name is this long.
  if (longer > 200) return a === b ? 0 : 1;
  return longer === 0 ? 1 : distance(a.toLowerCase(), b.toLowerCase()) / longer;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Returns the number of letters to insert, delete, replace or swap with a neighbor to turn `a` into `b`. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}

import { upperTail } from '../core/normal.js';

/** Up to this many pairs the distribution is exact. */
const EXACT_LIMIT = 50;

/**
 * Returns the one-sided p-value of the Wilcoxon signed-rank test (Wilcoxon 1945) that the differences tend to be greater than 0.
 * Zeros count half to either side ("zsplit"), ties share their rank. Exact up to 50 differences, also with ties (the
 * distribution over all signs); beyond, the normal approximation with corrections for ties and continuity. NaN for an
 * empty list.
 */
export function signedRankGreater(differences: readonly number[]): number {
  const n = differences.length;
  if (n === 0) return Number.NaN;
  const { ranks, tieSum } = doubledRanks(differences.map(Math.abs));
  let positive = 0;
  let zeros = 0;
  for (const [k, d] of differences.entries()) {
    if (d > 0) positive += ranks[k] as number;
    if (d === 0) zeros += ranks[k] as number;
  }
  const statistic = positive + zeros / 2;
  if (n <= EXACT_LIMIT) {
    const signed = ranks.filter((_, k) => differences[k] !== 0);
    return exactTail(signed, statistic - zeros / 2);
  }
  const mean = (n * (n + 1)) / 4;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1) - tieSum / 2) / 24);
  // All zeros: no evidence for either side.
  return deviation === 0 ? 1 : upperTail((statistic / 2 - mean - 0.5) / deviation);
}

/** Returns twice the average ranks, which are whole numbers, and the sum of t^3 - t over groups of t ties. */
function doubledRanks(values: readonly number[]): { ranks: number[]; tieSum: number } {
  const order = values.map((_, k) => k).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Array<number>(values.length);
  let tieSum = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++;
    // Ranks from + 1 to `to`: their average, doubled.
    for (const k of order.slice(from, to)) ranks[k] = from + 1 + to;
    const ties = to - from;
    tieSum += ties * ties * ties - ties;
    from = to;
  }
  return { ranks, tieSum };
}

/** Returns P(sum of a random subset of the ranks >= observed), every subset being equally likely. */
function exactTail(ranks: readonly number[], observed: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const chance = new Float64Array(total + 1);
  chance[0] = 1;
  let top = 0;
  for (const rank of ranks) {
    top += rank;
    for (let s = top; s >= 0; s--) {
      chance[s] = ((chance[s] as number) + (s >= rank ? (chance[s - rank] as number) : 0)) / 2;
    }
  }
  let tail = 0;
  for (let s = total; s >= observed; s--) tail += chance[s] as number;
  return tail;
}

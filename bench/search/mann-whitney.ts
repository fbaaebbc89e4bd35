/**
 * Returns the two-sided p of the unpaired rank test of Mann and Whitney (1947), by the normal approximation with ties and
 * a continuity correction: good for samples of 8 and more. `better`: how often a value of `a` is below one of `b`.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): { p: number; better: number } {
  const { u, deviation } = statistic(a, b);
  const pairs = a.length * b.length;
  const better = 1 - u / pairs;
  if (deviation === 0) return { p: 1, better };
  const z = Math.max(0, Math.abs(u - pairs / 2) - 0.5) / deviation;
  return { p: Math.min(1, 2 * upperTail(z)), better };
}

/** Samples smaller than this are compared by counting. */
const FEW = 8;

/**
 * Returns the one-sided p of the same test: how likely values of `a` that are so much higher than those of `b` are by chance.
 * Exact where a sample is small.
 */
export function rankedHigher(a: readonly number[], b: readonly number[]): number {
  const { u, deviation, ranks } = statistic(a, b);
  if (Math.min(a.length, b.length) < FEW) return exactTail(ranks, a.length);
  if (deviation === 0) return 1;
  const z = (u - (a.length * b.length) / 2 - 0.5) / deviation;
  return z >= 0 ? upperTail(z) : 1 - upperTail(-z);
}

type Ranked = { readonly rank: number; readonly ours: boolean };

function statistic(a: readonly number[], b: readonly number[]) {
  const all = [...a.map((value) => ({ value, ours: true })), ...b.map((value) => ({ value, ours: false }))];
  all.sort((x, y) => x.value - y.value);
  const ranks: Ranked[] = [];
  let ties = 0;
  for (let start = 0, end = 0; start < all.length; start = end) {
    while (end < all.length && all[end]?.value === all[start]?.value) end++;
    const size = end - start;
    ties += size * size * size - size;
    for (const { ours } of all.slice(start, end)) ranks.push({ rank: (start + end + 1) / 2, ours });
  }
  const [n, m] = [a.length, b.length];
  const u = rankSum(ranks) - (n * (n + 1)) / 2;
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  return { u, deviation: Math.sqrt(variance), ranks };
}

function rankSum(ranks: readonly Ranked[]): number {
  return ranks.reduce((sum, { rank, ours }) => (ours ? sum + rank : sum), 0);
}

/** Returns the share of all choices of `count` ranks whose sum is at least that of ours. Twice a rank is an integer. */
function exactTail(ranks: readonly Ranked[], count: number): number {
  const limit = Math.round(2 * rankSum(ranks));
  const ways: Map<number, number>[] = Array.from({ length: count + 1 }, () => new Map<number, number>());
  ways[0]?.set(0, 1);
  for (const { rank } of ranks) {
    for (let k = count; k > 0; k--) {
      for (const [sum, number] of ways[k - 1] as Map<number, number>) {
        const next = sum + Math.round(2 * rank);
        ways[k]?.set(next, (ways[k]?.get(next) ?? 0) + number);
      }
    }
  }
  let [above, all] = [0, 0];
  for (const [sum, number] of ways[count] as Map<number, number>) {
    all += number;
    if (sum >= limit) above += number;
  }
  return above / all;
}

/** Returns P(Z > z) for z >= 0, within 8e-8 (Abramowitz and Stegun, 26.2.17). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const polynomial = series.reduceRight((sum, c) => (sum + c) * t, 0);
  return (polynomial * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
}

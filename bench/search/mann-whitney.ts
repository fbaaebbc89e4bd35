/**
 * Returns the two-sided p of the unpaired rank test of Mann and Whitney (1947), by the normal approximation with ties and
 * a continuity correction: good for samples of 8 and more. `better`: how often a value of `a` is below one of `b`.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): { p: number; better: number } {
  const all = [...a.map((value) => ({ value, ours: true })), ...b.map((value) => ({ value, ours: false }))];
  all.sort((x, y) => x.value - y.value);
  let ranks = 0;
  let ties = 0;
  for (let start = 0, end = 0; start < all.length; start = end) {
    while (end < all.length && all[end]?.value === all[start]?.value) end++;
    const size = end - start;
    ties += size * size * size - size;
    for (let k = start; k < end; k++) if (all[k]?.ours) ranks += (start + end + 1) / 2;
  }
  const [n, m] = [a.length, b.length];
  const u = ranks - (n * (n + 1)) / 2;
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  const better = 1 - u / (n * m);
  if (variance === 0) return { p: 1, better };
  const z = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / Math.sqrt(variance);
  return { p: Math.min(1, 2 * upperTail(z)), better };
}

/** Returns P(Z > z) for z >= 0, within 8e-8 (Abramowitz and Stegun, 26.2.17). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const polynomial = series.reduceRight((sum, c) => (sum + c) * t, 0);
  return (polynomial * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
}

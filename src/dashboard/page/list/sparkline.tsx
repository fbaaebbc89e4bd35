/** The running best as a small line. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return <span class="sparkline" aria-hidden="true" />;
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const points = finite.map((value, k) => {
    const x = 1 + (k / (finite.length - 1)) * 98;
    const y = high === low ? 14 : 2 + (1 - (value - low) / (high - low)) * 24;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const last = points.at(-1)?.split(',') ?? ['0', '0'];
  return (
    <svg class="sparkline" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points.join(' ')} />
      <circle cx={last[0]} cy={last[1]} r="2" />
    </svg>
  );
}

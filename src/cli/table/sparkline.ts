const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * A line of at most `width` characters that rises and falls with the values; each character is the mean of its part. What is
 * no finite number is a blank. All of one height: a line in the middle.
 */
export function sparkline(values: ArrayLike<number>, width: number): string {
  const count = Math.min(width, values.length);
  const parts = Array.from({ length: count }, (_, k) => {
    const from = Math.floor((k * values.length) / count);
    const to = Math.max(from + 1, Math.floor(((k + 1) * values.length) / count));
    return meanOf(values, from, to);
  });
  const finite = parts.filter(Number.isFinite);
  const low = Math.min(...finite);
  const range = Math.max(...finite) - low;
  return parts.map((value) => blockOf(value, low, range)).join('');
}

function blockOf(value: number, low: number, range: number): string {
  if (!Number.isFinite(value)) return ' ';
  const share = range === 0 ? 0.4 : (value - low) / range;
  return BLOCKS[Math.min(BLOCKS.length - 1, Math.floor(share * BLOCKS.length))] ?? ' ';
}

function meanOf(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let k = from; k < to; k++) {
    const value = values[k] as number;
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

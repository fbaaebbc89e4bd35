const BLOCKS = '▁▂▃▄▅▆▇█';
const ASCII = '_.-=^#';

/**
 * Returns one character for each value, from the lowest to the highest of them. What is no finite number is a blank. All of one
 * height: a line in the middle. `isUnicode` false: for terminals that have only ASCII.
 */
export function sparkline(values: ArrayLike<number>, isUnicode = true): string {
  const all = Array.from(values);
  const finite = all.filter(Number.isFinite);
  const low = Math.min(...finite);
  const range = Math.max(...finite) - low;
  const levels = isUnicode ? BLOCKS : ASCII;
  return all
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      const share = range > 0 && Number.isFinite(range) ? (value - low) / range : 0.5;
      return levels[Math.min(levels.length - 1, Math.floor(share * levels.length))] ?? ' ';
    })
    .join('');
}

/** Returns at most `count` values: the mean of each part of a series, NaN for a part without finite numbers. */
export function partMeans(values: ArrayLike<number>, count: number): number[] {
  const parts = Math.min(count, values.length);
  return Array.from({ length: parts }, (_, k) => {
    const from = Math.floor((k * values.length) / parts);
    const to = Math.max(from + 1, Math.floor(((k + 1) * values.length) / parts));
    return meanOf(values, from, to);
  });
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

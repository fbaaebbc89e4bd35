const BLOCKS = '▁▂▃▄▅▆▇█';
const ASCII = '_.-=^#';

/** The newest values of a series as one character each, from the lowest to the highest of them. Others than numbers are blank. */
export function sparkline(values: readonly number[], width: number, isUnicode: boolean): string {
  const shown = values.slice(-width);
  const finite = shown.filter(Number.isFinite);
  if (finite.length < 2) return '';
  const levels = isUnicode ? BLOCKS : ASCII;
  const low = Math.min(...finite);
  const range = Math.max(...finite) - low;
  return shown
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      const share = range > 0 && Number.isFinite(range) ? (value - low) / range : 0.5;
      return levels[Math.min(levels.length - 1, Math.floor(share * levels.length))] ?? ' ';
    })
    .join('');
}

const UNITS_MS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** Returns a duration in milliseconds as a sweep file may have it: `30m`, `1h30m`, `1s500ms`. */
export function durationWords(durationMs: number): string {
  let rest = Math.round(durationMs);
  const parts: string[] = [];
  for (const [unit, unitMs] of UNITS_MS) {
    const count = Math.floor(rest / unitMs);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * unitMs;
  }
  return parts.join('') || '0s';
}

/** Sizes by name, in bytes: `kB` counts thousands, `KiB` counts 1024. */
export const UNIT_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Returns a number of bytes in the largest unit that leaves it whole: `500MB`, `1GiB`, `1234B`. */
export function bytesWords(bytes: number): string {
  const whole = Object.entries(UNIT_BYTES).filter(([, size]) => bytes >= size && bytes % size === 0);
  const [unit, size] = whole.reduce((best, next) => (next[1] > best[1] ? next : best), ['B', 1]);
  return `${bytes / size}${unit}`;
}

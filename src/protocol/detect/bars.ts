/** A progress bar that prints a metric again and again: tqdm's `50%|███`, or Keras's ` 50/100 [===>` at the line's beginning. */
export type Bar = 'percent' | 'count';

const PERCENT = /(\d+)%\|/;
const COUNT = /^[\s\b]*(\d+)\/(\d+)\b/;

/** Returns the kind of bar on these lines when some of them show it unfinished and some finished; else null. */
export function barOf(lines: readonly string[]): Bar | null {
  const percents = lines.flatMap((line) => PERCENT.exec(line)?.[1] ?? []);
  if (percents.includes('100') && percents.some((percent) => percent !== '100')) return 'percent';
  const counts = lines.flatMap((line) => {
    const [, at, of] = COUNT.exec(line) ?? [];
    return at === undefined ? [] : [at === of];
  });
  return counts.includes(true) && counts.includes(false) ? 'count' : null;
}

/** Returns the beginning of a pattern that matches only on a line with a finished bar. `group`: the number of its next group. */
export function onlyFinished(bar: Bar | null, group: number): string {
  if (bar === null) return '';
  // What comes before the match is read from right to left: the group is the second number, the reference the first.
  return bar === 'percent' ? '(?<=100%\\|.*)' : `(?<=^\\s*\\${group}\\/(\\d+)\\b.*)`;
}

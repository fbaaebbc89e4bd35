import { printableLine } from '../../core/printable.js';
import { sparkline } from '../../core/sparkline.js';
import { durationText } from '../event-messages.js';
import { cutTo, type Glyphs, shortNumbers } from './fit.js';
import type { Progress, Running } from './progress.js';

/** Rows of running trials: more would scroll. Further trials are only counted. */
const MAX_ROWS = 12;
const BAR_WIDTH = 20;
/** A narrower terminal gets no bar: the figures matter more. */
const LEAST_WIDTH_WITH_BAR = 70;
const SPARKLINE_WIDTH = 12;

/** Returns the lines of the display, none wider than the terminal: the sweep, then the running trials. */
export function displayLines(
  progress: Progress,
  { columns, rows, nowMs, glyphs }: { columns: number; rows: number; nowMs: number; glyphs: Glyphs },
): string[] {
  // The last column stays free: a character there wraps on some terminals.
  const width = Math.max(1, columns - 1);
  const running = [...progress.running];
  const most = Math.max(1, Math.min(MAX_ROWS, rows - 3));
  const shown = running.slice(0, most);
  const more = running.length - shown.length;
  return [
    cutTo(printableLine(sweepText(progress, { more, width, nowMs, glyphs })), width, glyphs),
    ...shown.map(([trial, entry]) =>
      cutTo(printableLine(rowText(trial, entry, nowMs, glyphs)), width, glyphs),
    ),
  ];
}

/** The names come last, so that they are cut first. */
function sweepText(
  progress: Progress,
  { more, width, nowMs, glyphs }: { more: number; width: number; nowMs: number; glyphs: Glyphs },
): string {
  const parts = [
    `${progress.countText()} trials`,
    progress.leftText(nowMs),
    progress.budgetText(),
    progress.gainText(),
    progress.pausedText(),
    progress.endedText(),
    more > 0 ? `${more} more running` : '',
    progress.bestText(),
  ];
  const text = parts.filter((part) => part !== '').join(' | ');
  const { total } = progress;
  if (total === null || total === 0 || width < LEAST_WIDTH_WITH_BAR) return text;
  const full = Math.min(BAR_WIDTH, Math.round((BAR_WIDTH * progress.done) / total));
  return `${glyphs.full.repeat(full)}${glyphs.empty.repeat(BAR_WIDTH - full)} ${text}`;
}

/** The newest values of a curve; nothing before there are two of them. */
function newestLine(values: readonly number[], isUnicode: boolean): string {
  const newest = values.slice(-SPARKLINE_WIDTH);
  return newest.filter(Number.isFinite).length < 2 ? '' : sparkline(newest, isUnicode);
}

/** `  trial 3  cpu  12.3 s  step 5  loss=0.21  ▁▃▆  lr=0.01 opt=adam`. */
function rowText(trial: number, running: Running, nowMs: number, { isUnicode }: Glyphs): string {
  const curve = newestLine(running.objective, isUnicode);
  const parts = [
    `  trial ${trial}`,
    deviceText(running),
    elapsedText(nowMs - running.startedAtMs),
    running.text,
    curve,
    shortNumbers(running.params),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

/** Returns `cpu` or `0`, and once the usage is known `GPU 0 63 % 4.1 GiB`. */
function deviceText({ device, gpu }: Running): string {
  return gpu === '' ? device : `GPU ${device} ${gpu}`;
}

/** Returns a duration of at least tenths of seconds: milliseconds would flicker. */
function elapsedText(elapsedMs: number): string {
  return elapsedMs < 1000 ? `${(Math.max(0, elapsedMs) / 1000).toFixed(1)} s` : durationText(elapsedMs);
}

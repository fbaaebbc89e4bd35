import { printable } from '../../core/printable.js';
import type { SweepEvent } from '../../study/events.js';
import { describeEvent } from '../event-messages.js';
import { displayLines } from './display.js';
import { cutTo, glyphsOf, rowsOf, shortNumbers } from './fit.js';
import type { Progress } from './progress.js';

const REDRAW_MS = 500;
/** Events come faster than anyone reads. */
const LEAST_MS_BETWEEN_DRAWS = 100;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const ERASE_BELOW = '\u001b[J';

/**
 * Returns a live display: a line for the sweep, a row for each running trial, and lines for what happened above them. Its rows
 * are always narrower than the terminal. When the terminal gets narrower, it wraps the rows that are there: they are counted as
 * it wraps them, and erased.
 */
export function makeLiveView(
  progress: Progress,
  stream: NodeJS.WriteStream,
  now: () => number,
  env: Readonly<Record<string, string | undefined>>,
) {
  const glyphs = glyphsOf(env);
  let drawn: readonly string[] = [];
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  const columns = () => stream.columns || 80;
  /** Moves to the first row of the display and erases it. */
  const erase = () => {
    if (drawn.length === 0) return '\r';
    const rows = drawn.reduce((sum, line) => sum + rowsOf(line, columns()), 0);
    return `\r${rows > 1 ? `\u001b[${rows - 1}A` : ''}${ERASE_BELOW}`;
  };
  const draw = (above = '') => {
    const lines = displayLines(progress, {
      columns: columns(),
      rows: stream.rows || 24,
      nowMs: now(),
      glyphs,
    });
    stream.write(`${HIDE_CURSOR}${erase()}${above}${lines.join('\n')}`);
    drawn = lines;
    drawnAtMs = now();
  };
  const log = (line: string) => draw(`${printable(line)}\n`);
  const timer = setInterval(() => draw(), REDRAW_MS);
  timer.unref();
  const redraw = () => draw();
  stream.on('resize', redraw);
  draw();
  return {
    on(event: SweepEvent): void {
      const bestBefore = progress.bestText();
      const step = event.type === 'trial-finished' ? progress.stepOf(event.trial) : null;
      progress.note(event, now());
      const isBest = event.type === 'trial-finished' && progress.bestText() !== bestBefore;
      const lines = shownLines(event, { step, isBest }).map((line) =>
        // The whole reason is in the sweep log and in `hpo trials`.
        isPruned(event) ? cutTo(shortNumbers(line), columns() - 1, glyphs) : line,
      );
      if (lines.length > 0) draw(lines.map((line) => `${line}\n`).join(''));
      else if (now() - drawnAtMs >= LEAST_MS_BETWEEN_DRAWS) draw();
    },
    log,
    close(): void {
      clearInterval(timer);
      stream.off('resize', redraw);
      stream.write(`${erase()}${SHOW_CURSOR}`);
      drawn = [];
    },
  };
}

const isPruned = (event: SweepEvent) => event.type === 'trial-finished' && event.state === 'pruned';

/** A pruned trial takes one line, with its last step; a new best is marked. */
function shownLines(
  event: SweepEvent,
  { step, isBest }: { readonly step: number | null; readonly isBest: boolean },
): string[] {
  if (event.type === 'trial-started' || event.type === 'trial-reported') return [];
  if (event.type === 'trial-pruning' || event.type === 'sweep-finished') return [];
  const [first = '', ...rest] = describeEvent(event);
  if (event.type !== 'trial-finished') return first === '' ? [] : [first, ...rest];
  const at =
    event.state === 'pruned' && step !== null ? first.replace(' PRUNED', ` PRUNED at step ${step}`) : first;
  return [isBest ? `${at}  * new best` : at, ...rest];
}

import cliProgress from 'cli-progress';
import { printable, printableLine } from '../../core/printable.js';
import type { SweepEvent } from '../../study/events.js';
import { describeEvent, durationText } from '../event-messages.js';
import type { Progress, Running } from './progress.js';

/** Rows of running trials: more would scroll. Further trials are only counted. */
const MAX_ROWS = 12;

/** Erases to the end of the row: a logged line overwrites a row of the display that may be longer. */
const ERASE_REST = '\u001b[K';

/** Returns a live display: a bar for the sweep, a row for each running trial, and lines for ended trials above them. */
export function makeLiveView(progress: Progress, stream: NodeJS.WriteStream, now: () => number) {
  const bars = new cliProgress.MultiBar(
    {
      stream,
      hideCursor: true,
      clearOnComplete: true,
      // hpo handles Ctrl-C itself: the first one lets running trials finish.
      gracefulExit: false,
      fps: 8,
      emptyOnZero: true,
      // A logged line moves all rows: unchanged ones must be drawn again too.
      forceRedraw: true,
      // Without it the terminal would cut logged lines too; the rows are cut to its width in any case.
      linewrap: true,
      format: '{text}',
    },
    cliProgress.Presets.shades_classic,
  );
  const sweep = bars.create(
    progress.start.total ?? 0,
    progress.done,
    {},
    {
      format: progress.start.total === null ? '{count} trials | {status}' : '{bar} {count} trials | {status}',
      barsize: 24,
    },
  );
  const rows: cliProgress.SingleBar[] = [];
  const draw = () => {
    const running = [...progress.running];
    const count = Math.min(running.length, MAX_ROWS);
    while (rows.length < count) rows.push(bars.create(1, 0, { text: '' }));
    for (const [k, row] of rows.entries()) {
      const entry = running[k];
      row.update(0, { text: clip(entry ? printableLine(rowText(entry[0], entry[1])) : '', stream) });
    }
    const more = running.length > MAX_ROWS ? `${running.length - MAX_ROWS} more running` : '';
    const status = [progress.bestText(), progress.leftText(), more].filter((text) => text !== '').join(' | ');
    sweep.setTotal(progress.total ?? 0);
    sweep.update(progress.done, { count: progress.countText(), status: printableLine(status) });
  };
  const rowText = (trial: number, running: Running) =>
    `  trial ${trial}  ${deviceText(running)}  ${elapsedText(now() - running.startedAtMs)}  ${running.text}`;
  const log = (line: string) => bars.log(`${printable(line)}${ERASE_REST}\n`);
  const timer = setInterval(draw, 500);
  timer.unref();
  draw();
  return {
    on(event: SweepEvent): void {
      progress.note(event, now());
      if (
        event.type !== 'trial-started' &&
        event.type !== 'trial-reported' &&
        event.type !== 'sweep-finished'
      ) {
        for (const line of describeEvent(event)) log(line);
      }
      draw();
    },
    log,
    close(): void {
      clearInterval(timer);
      draw();
      bars.update();
      bars.stop();
    },
  };
}

/** Returns `cpu` or `0`, and once the usage is known `GPU 0 63 % 4.1 GiB`. */
function deviceText({ device, gpu }: Running): string {
  return gpu === '' ? device : `GPU ${device} ${gpu}`;
}

/** Returns a duration of at least tenths of seconds: milliseconds would flicker. */
function elapsedText(elapsedMs: number): string {
  return elapsedMs < 1000 ? `${(Math.max(0, elapsedMs) / 1000).toFixed(1)} s` : durationText(elapsedMs);
}

/** Cuts a row to the width of the terminal: the display counts a wrapped row as one and would not erase its rest. */
function clip(text: string, stream: NodeJS.WriteStream): string {
  const width = Math.max(20, (stream.columns || 80) - 1);
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

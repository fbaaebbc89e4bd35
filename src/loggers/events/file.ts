import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from 'node:fs';
import { messageOf, usageError } from '../../core/errors.js';
import { thisHost } from '../../liveness/identity.js';
import type { SweepEvent } from '../../study/events.js';
import { appendWhole } from '../append.js';
import { jsonLine } from '../json.js';
import { EVENTS_VERSION } from './table.js';

/** Lines that a full disk refuses wait in memory, up to this many characters, until there is space. */
const PENDING_LIMIT = 4 * 1024 * 1024;

/**
 * Accepts a path with a writable regular file or nothing. A pipe without a reader would block the sweep.
 * @throws HpoError events.not-writable (usage error).
 */
export function checkEventsFile(file: string): void {
  if (file === '-')
    throw usageError('events.not-writable', 'expected a file to append events to, got -', {
      fix: 'name a file (./- for a file called -), and follow it with: tail -F FILE',
    });
  let found: Stats | undefined;
  try {
    found = statSync(file, { throwIfNoEntry: false });
    if (found?.isFile()) accessSync(file, constants.W_OK);
  } catch (cause) {
    throw notWritable(file, (cause as NodeJS.ErrnoException).code ?? 'an error', cause);
  }
  if (found && !found.isFile()) {
    throw notWritable(file, found.isDirectory() ? 'a folder' : 'a device or pipe');
  }
}

function notWritable(file: string, got: string, cause?: unknown) {
  return usageError(
    'events.not-writable',
    `expected a file that events can be appended to, got ${file}: ${got}`,
    {
      fix: 'give another file (--events FILE); follow it with: tail -F FILE',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

export type EventsFile = {
  readonly on: (event: SweepEvent) => void;
  /** Writes pending lines. False when some stay pending. */
  flush(): boolean;
};

/** What the lines say about the sweep as a whole. */
export type EventsHeader = {
  readonly study: string;
  /** Random text that distinguishes the lines of this process. */
  readonly call: string;
  readonly objectives: readonly { readonly metric: string; readonly direction: string }[];
};

/** Appends every event as a line of JSON, at once and whole. Never throws: `warn` receives the first obstacle. */
export function makeEventsFile(
  file: string,
  { study, call, objectives }: EventsHeader,
  now: () => Date,
  warn: (message: string) => void,
): EventsFile {
  let pending = isTorn(file) ? '\n' : '';
  let dropped = 0;
  let hasWarned = false;
  const lineOf = (event: string, fields: object) =>
    `${jsonLine({ event, at: now().toISOString(), study, call, ...fields })}\n`;
  const flush = () => {
    if (pending === '' && dropped === 0) return true;
    const text = pending + (dropped > 0 ? lineOf('lines-dropped', { lines: dropped }) : '');
    try {
      if (!appendWhole(file, text)) return false;
    } catch (error) {
      if (!hasWarned) warn(`events could not be written to ${file}: ${messageOf(error)}`);
      hasWarned = true;
      return false;
    }
    pending = '';
    dropped = 0;
    return true;
  };
  const write = (event: string, fields: object) => {
    const line = lineOf(event, fields);
    // Lines keep their order: after a dropped one all are dropped, until there is space again.
    if (dropped > 0 || pending.length + line.length > PENDING_LIMIT) dropped++;
    else pending += line;
    flush();
  };
  const objectiveNames = objectives.map(({ metric, direction }) => ({ metric, direction }));
  write('hello', { version: EVENTS_VERSION, host: thisHost(), objectives: objectiveNames });
  return {
    on({ type, ...fields }) {
      write(type, fields);
    },
    flush,
  };
}

/** Returns whether the last line is incomplete, after a loss of power: the next line must not continue it. */
function isTorn(file: string): boolean {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return false;
  const from = openSync(file, 'r');
  try {
    const last = Buffer.alloc(1);
    readSync(from, last, 0, 1, size - 1);
    return last[0] !== 0x0a;
  } finally {
    closeSync(from);
  }
}

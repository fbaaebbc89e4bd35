import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from 'node:fs';
import { messageOf, usageError } from '../../core/errors.js';
import type { SweepEvent } from '../../study/events.js';
import { appendWhole } from '../append.js';
import { jsonLine } from '../json.js';
import { EVENTS_VERSION } from './table.js';

/** Lines that a full disk does not take are kept, up to so many characters, and written when there is space. */
const OWED_LIMIT = 4 * 1024 * 1024;

/**
 * Refuses a place that holds something else than a file that can be written: a pipe without a reader would block a sweep.
 * @throws HpoError events.not-writable (usage error).
 */
export function checkEventsPlace(file: string): void {
  if (file === '-')
    throw usageError('events.not-writable', 'expected a file to append events to, got -', {
      fix: 'name a file (./- for one that is called -), and follow it with: tail -F FILE',
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
  return usageError('events.not-writable', `expected to append to the file ${file}, got ${got}`, {
    fix: 'give another file (--events FILE); follow it with: tail -F FILE',
    ...(cause === undefined ? {} : { cause }),
  });
}

export type EventsFile = {
  readonly subscriber: (event: SweepEvent) => void;
  /** Tries once more to write what a full disk refused; false when something is still owed. */
  flush(): boolean;
};

export type EventsOf = {
  readonly study: string;
  /** Random text that tells the lines of this call from those of others. */
  readonly call: string;
  readonly objectives: readonly { readonly metric: string; readonly direction: string }[];
};

/** Appends every event as a line of JSON, at once and whole. `tell` hears of the first obstacle; nothing is thrown. */
export function makeEventsFile(
  file: string,
  { study, call, objectives }: EventsOf,
  now: () => Date,
  tell: (message: string) => void,
): EventsFile {
  let owed = isTorn(file) ? '\n' : '';
  let dropped = 0;
  let told = false;
  const lineOf = (event: string, fields: object) =>
    `${jsonLine({ event, at: now().toISOString(), study, call, ...fields })}\n`;
  const flush = () => {
    if (owed === '' && dropped === 0) return true;
    const text = owed + (dropped > 0 ? lineOf('lines-dropped', { lines: dropped }) : '');
    try {
      if (!appendWhole(file, text)) return false;
    } catch (error) {
      if (!told) tell(`events could not be written to ${file}: ${messageOf(error)}`);
      told = true;
      return false;
    }
    owed = '';
    dropped = 0;
    return true;
  };
  const write = (event: string, fields: object) => {
    const line = lineOf(event, fields);
    // Lines go in their order: once one is dropped, so are the next, until there is space again.
    if (dropped > 0 || owed.length + line.length > OWED_LIMIT) dropped++;
    else owed += line;
    flush();
  };
  const objectiveNames = objectives.map(({ metric, direction }) => ({ metric, direction }));
  write('hello', { version: EVENTS_VERSION, objectives: objectiveNames });
  return {
    subscriber({ type, ...fields }) {
      write(type, fields);
    },
    flush,
  };
}

/** A loss of power may have cut the last line: what comes next must not be glued to it. */
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

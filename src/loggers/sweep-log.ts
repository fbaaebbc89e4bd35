import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../core/errors.js';
import { printable } from '../core/printable.js';
import type { SweepEvent } from '../study/events.js';
import { appendWhole } from './append.js';
import { describeEvent } from './event-messages.js';
import type { Logger } from './logger.js';
import { messageText } from './messages.js';
import type { ConfigureLogger } from './registry.js';

/** Returns the path of `sweep_YYYYMMDD_HHMMSS.log`, in local time. */
export function sweepLogFile(outputsDir: string, startedAt: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${startedAt.getFullYear()}${two(startedAt.getMonth() + 1)}${two(startedAt.getDate())}`;
  const time = `${two(startedAt.getHours())}${two(startedAt.getMinutes())}${two(startedAt.getSeconds())}`;
  return join(outputsDir, `sweep_${day}_${time}.log`);
}

/**
 * Creates the empty log of one sweep and returns its path. Sweeps that start in the same second get different names: the second
 * one is `..._2.log`.
 */
export function reserveSweepLog(outputsDir: string, startedAt: Date): string {
  const plain = sweepLogFile(outputsDir, startedAt);
  let file = plain;
  for (let n = 2; !reserve(outputsDir, file); n++) file = plain.replace(/\.log$/, `_${n}.log`);
  return file;
}

/** Returns false when the file exists. A file that cannot be created fails at its first line instead. */
function reserve(folder: string, file: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    closeSync(openSync(file, 'wx'));
    return true;
  } catch {
    return !existsSync(file);
  }
}

/** Lines that a full disk refuses wait in memory, up to this many characters, until there is space. */
const PENDING_LIMIT = 256 * 1024;

export type SweepLog = {
  /** Appends one line with the time in UTC. @throws the system's error for any obstacle but a full disk. */
  line(text: string): void;
  on(event: SweepEvent): void;
  /** Writes pending lines. False when some stay pending. */
  flush(): boolean;
};

/** Returns the log of launches, ends, pruning, warnings and errors, one line each. */
export function makeSweepLog(file: string, now: () => Date): SweepLog {
  let pending = '';
  const flush = () => {
    if (pending !== '' && appendWhole(file, pending)) pending = '';
    return pending === '';
  };
  const line = (text: string) => {
    if (pending.length < PENDING_LIMIT) pending += `${now().toISOString()} ${printable(text)}\n`;
    flush();
  };
  return {
    line,
    on(event) {
      // Metrics are in the logs of the trials and in the database.
      if (event.type !== 'trial-reported') for (const text of describeEvent(event)) line(text);
    },
    flush,
  };
}

export const configureSweepLog: ConfigureLogger =
  () =>
  ({ outputsDir, now, messages }): Logger => {
    const clock = () => new Date(now());
    let log: SweepLog | null = null;
    let hasFailed = false;
    const attempt = (write: (to: SweepLog) => unknown): boolean => {
      try {
        return log !== null && write(log) !== false;
      } catch (error) {
        if (!hasFailed) {
          hasFailed = true;
          messages.send('warning', `the sweep log could not be written: ${messageOf(error)}`);
        }
        return false;
      }
    };
    return {
      async open() {
        log = makeSweepLog(reserveSweepLog(outputsDir, clock()), clock);
        messages.listen((message) => attempt((to) => to.line(messageText(message))));
      },
      on: (event) => void attempt((to) => to.on(event)),
      async flush() {
        if (!attempt((to) => to.flush())) throw new Error('the sweep log is incomplete');
      },
      async close() {
        attempt((to) => to.flush());
      },
    };
  };

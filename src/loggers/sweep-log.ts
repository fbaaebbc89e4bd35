import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../core/printable.js';
import type { SweepEvent } from '../study/events.js';
import { appendWhole } from './append.js';
import { describeEvent } from './event-messages.js';

/** `sweep_YYYYMMDD_HHMMSS.log` in local time. */
export function sweepLogFile(outputsDir: string, startedAt: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${startedAt.getFullYear()}${two(startedAt.getMonth() + 1)}${two(startedAt.getDate())}`;
  const time = `${two(startedAt.getHours())}${two(startedAt.getMinutes())}${two(startedAt.getSeconds())}`;
  return join(outputsDir, `sweep_${day}_${time}.log`);
}

/**
 * Makes the empty log of one call. A call that began in the same second has a log of its own: `..._2.log` is the next name.
 */
export function reserveSweepLog(outputsDir: string, startedAt: Date): string {
  const plain = sweepLogFile(outputsDir, startedAt);
  let file = plain;
  for (let n = 2; !reserve(outputsDir, file); n++) file = plain.replace(/\.log$/, `_${n}.log`);
  return file;
}

/** False when the file is there. One that cannot be made is an error of its first line. */
function reserve(folder: string, file: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    closeSync(openSync(file, 'wx'));
    return true;
  } catch {
    return !existsSync(file);
  }
}

/** Lines that a full disk does not take are kept, up to so many characters, and written when there is space. */
const OWED_LIMIT = 256 * 1024;

/** Tells launches, ends, prunes, warnings and errors, a line each, with the time in UTC. */
export function makeSweepLog(
  file: string,
  now: () => Date,
): { line(text: string): void; subscriber(event: SweepEvent): void } {
  let owed = '';
  const line = (text: string) => {
    if (owed.length < OWED_LIMIT) owed += `${now().toISOString()} ${printable(text)}\n`;
    if (appendWhole(file, owed)) owed = '';
  };
  return {
    line,
    subscriber(event) {
      // Metrics are in the trials' own logs and in the database.
      if (event.type !== 'trial-reported') for (const text of describeEvent(event)) line(text);
    },
  };
}

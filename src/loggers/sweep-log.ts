import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SweepEvent } from '../study/events.js';
import { describeEvent } from './words.js';

/** `sweep_YYYYMMDD_HHMMSS.log` in local time. */
export function sweepLogFile(outputsDir: string, startedAt: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${startedAt.getFullYear()}${two(startedAt.getMonth() + 1)}${two(startedAt.getDate())}`;
  const time = `${two(startedAt.getHours())}${two(startedAt.getMinutes())}${two(startedAt.getSeconds())}`;
  return join(outputsDir, `sweep_${day}_${time}.log`);
}

/** Tells launches, ends, prunes, warnings and errors, a line each, with the time in UTC. */
export function makeSweepLog(
  file: string,
  now: () => Date,
): { line(text: string): void; subscriber(event: SweepEvent): void } {
  // The folder is made each time: someone may tidy up while a sweep runs, and a log is no reason to end one.
  const line = (text: string) => {
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, `${now().toISOString()} ${text}\n`);
  };
  return {
    line,
    subscriber(event) {
      // Metrics are in the trials' own logs and in the database.
      if (event.type !== 'trial-reported') for (const text of describeEvent(event)) line(text);
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { readBegun, readJobId } from './job-files.js';

const LOOK_MS = 500;

/** Resolves when an attempt's job has begun, with that time; a job that waits in a queue uses no time of its own. */
export async function untilBegun(dir: string): Promise<number> {
  for (;;) {
    if (readJobId(dir) !== null) return readBegun(dir) ?? Date.now();
    await sleep(LOOK_MS, undefined, { ref: false });
  }
}

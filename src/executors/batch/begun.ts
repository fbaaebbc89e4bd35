import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Placement } from '../executor.js';
import { changedAt, readHost, readSigns } from './job-signs.js';

const LOOK_MS = 500;

/**
 * Resolves when an attempt's job has begun, with that time; null when it is over before that. A job that waits in a queue uses no time of
 * its own.
 */
export async function untilBegun(dir: string, isOver: () => boolean): Promise<number | null> {
  while (!isOver()) {
    const signs = await readSigns(dir).catch(() => null);
    if (signs !== null && signs.jobId !== null) return (await changedAt(join(dir, 'pid'))) ?? Date.now();
    await sleep(LOOK_MS, undefined, { ref: false });
  }
  return null;
}

/** Resolves with where an attempt's job runs, once it has begun; null when it is over before that. */
export async function untilPlaced(dir: string, isOver: () => boolean): Promise<Placement | null> {
  while (!isOver()) {
    const [signs, host] = await Promise.all([readSigns(dir).catch(() => null), readHost(dir)]);
    if (signs !== null && signs.jobId !== null && host !== null) return { host, job: signs.jobId };
    await sleep(LOOK_MS, undefined, { ref: false });
  }
  return null;
}

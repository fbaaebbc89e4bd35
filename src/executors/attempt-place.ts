import { otherHostOf } from '../liveness/identity.js';
import { readHost, readJobId } from './batch/job-files.js';
import type { Placement } from './executor.js';
import { attemptFolder, handleKind } from './handle.js';

const NOWHERE: Placement = { host: null, job: null };

/** Returns the machine whose processes an attempt runs, where it is not this one; null also for jobs and functions. */
export function machineOf({
  handle,
  owner,
}: {
  readonly handle: string;
  readonly owner: string;
}): string | null {
  return handleKind(handle) === 'local' ? otherHostOf(owner) : null;
}

/** Returns where an attempt runs or ran, as its job says it. Nowhere: it has not begun, or runs as a process of this machine. */
export function placeOfAttempt(handle: string): Placement {
  const folder = attemptFolder(handle);
  if (folder === null || handleKind(handle) === 'local') return NOWHERE;
  return { host: readHost(folder), job: readJobId(folder) };
}

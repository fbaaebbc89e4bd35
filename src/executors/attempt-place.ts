import { otherHostOf } from '../liveness/identity.js';
import { readHost, readJobId } from './batch/job-files.js';
import { attemptFolder, handleKind } from './handle.js';

/** Where an attempt runs or ran, as its job says it; null: it has not begun, or runs as a process of this machine. */
export type AttemptPlace = { readonly host: string | null; readonly job: string | null };

const NOWHERE: AttemptPlace = { host: null, job: null };

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

/** Returns the host of an attempt and the id of its job, from the folder of the attempt. */
export function placeOfAttempt(handle: string): AttemptPlace {
  const folder = attemptFolder(handle);
  if (folder === null || handleKind(handle) === 'local') return NOWHERE;
  return { host: readHost(folder), job: readJobId(folder) };
}

import { codeOf } from './system-error.js';
/** What hpo was doing when the operating system refused: writing its own files, or starting a process. */
export type Doing = 'writing' | 'starting';

const BOTH: readonly Doing[] = ['writing', 'starting'];

/**
 * Errors of the machine and not of a configuration: the operation is tried again after a wait and counts as no failure. A
 * missing or forbidden program or folder (ENOENT, EACCES while starting) is a mistake in the sweep file, and arguments that are
 * too long (E2BIG) are one of the configuration: those fail the trial.
 */
const WAITED_FOR: Readonly<Record<string, readonly Doing[]>> = {
  // No space, no quota, a file system that became read-only, a disk or a mount that answers with errors.
  ENOSPC: BOTH,
  EDQUOT: BOTH,
  EROFS: BOTH,
  EIO: BOTH,
  ESTALE: BOTH,
  ENOTCONN: BOTH,
  // No open files, no processes, no memory left.
  EMFILE: BOTH,
  ENFILE: BOTH,
  EAGAIN: BOTH,
  ENOMEM: BOTH,
  // Another process is writing the program at this moment.
  ETXTBSY: ['starting'],
  // hpo creates its own folders: one that is missing says nothing about a configuration.
  EACCES: ['writing'],
  ENOENT: ['writing'],
};

/** Returns whether the machine caused an error, so that hpo waits and no trial fails for it. */
export function isInfrastructureError(error: unknown, doing: Doing): boolean {
  const code = codeOf(error);
  return code !== undefined && Object.hasOwn(WAITED_FOR, code) && (WAITED_FOR[code] ?? []).includes(doing);
}

import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../core/system-error.js';

/**
 * A named pipe in an attempt's folder. Its supervisor holds it open, and so does every process that inherits it. The kernel
 * says whether one of them is left, across PID namespaces and users, whatever they do to their environment.
 */
export const ALIVE_PIPE = 'alive';
/** The descriptor of the pipe in an attempt's processes. */
export const ALIVE_FD = 9;

/** `none`: there is no pipe, as in attempts of earlier versions. `hidden`: this user may not open it. */
export type PipeState = 'held' | 'free' | 'none' | 'hidden';

/** Returns whether a process of the attempt has its pipe open. */
export function pipeState(dir: string): PipeState {
  const file = join(dir, ALIVE_PIPE);
  let fd: number;
  try {
    // The path may be anything, and opening a device can have effects.
    if (!lstatSync(file).isFIFO()) return 'none';
    fd = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    const code = codeOf(error);
    // Nobody has it open for reading.
    if (code === 'ENXIO') return 'free';
    return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' ? 'none' : 'hidden';
  }
  try {
    return fstatSync(fd).isFIFO() ? 'held' : 'none';
  } finally {
    closeSync(fd);
  }
}

import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../core/system-error.js';

/**
 * A named pipe in an attempt's folder that its supervisor holds open, and so does whatever inherits it: the kernel tells
 * anybody who asks whether one of them is left, across PID namespaces and users, whatever they do to their environment.
 */
export const ALIVE_PIPE = 'alive';
/** The descriptor under which an attempt's processes have it. */
export const ALIVE_FD = 9;

/** `none`: there is no pipe, as in attempts of earlier versions. `hidden`: this user may not ask. */
export type PipeState = 'held' | 'free' | 'none' | 'hidden';

/** Whether a process of the attempt has its pipe open. */
export function pipeState(dir: string): PipeState {
  const file = join(dir, ALIVE_PIPE);
  let fd: number;
  try {
    // Anything may lie there, and opening a device can have effects.
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

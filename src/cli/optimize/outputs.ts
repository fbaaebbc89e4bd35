import { accessSync, constants, mkdirSync } from 'node:fs';
import { type HpoError, usageError } from '../../core/errors.js';
import { outputsDir } from '../paths.js';

/**
 * Makes the folder of logs and trials, before anything is stored that would point into it.
 * @throws HpoError outputs.not-writable (usage error).
 */
export function prepareOutputs(): void {
  const folder = outputsDir();
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw notWritable(folder, cause as NodeJS.ErrnoException);
  }
}

export function notWritable(path: string, cause: NodeJS.ErrnoException): HpoError {
  return usageError('outputs.not-writable', `expected to write to ${path}, got ${cause.code ?? cause}`, {
    fix: 'move what is there out of the way, or run hpo in another folder; users who share one need a common group and umask 002',
    cause,
  });
}

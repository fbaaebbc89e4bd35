import { accessSync, constants, mkdirSync } from 'node:fs';
import { usageError } from '../../core/errors.js';
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
    const { code } = cause as NodeJS.ErrnoException;
    throw usageError(
      'outputs.not-writable',
      `expected a folder to write to at ${folder}, got ${code ?? cause}`,
      {
        fix: 'move what is there out of the way, or run hpo in another folder',
        cause,
      },
    );
  }
}

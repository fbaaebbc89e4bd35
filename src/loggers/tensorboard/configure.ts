import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { usageError } from '../../core/errors.js';
import { madeWhenOpened } from '../made-when-opened.js';
import type { ConfigureLogger } from '../registry.js';
import { identityOf } from '../study-identity.js';
import { TensorboardLogger } from './logger.js';
import { StudyFolder } from './study-folder.js';

/**
 * Null where no folder is given.
 * @throws HpoError (usage) tensorboard.in-outputs.
 */
export const configureTensorboard: ConfigureLogger = ({ tensorboardDir, cwd }) => {
  if (tensorboardDir === null) return null;
  const dir = resolve(cwd, tensorboardDir);
  if (dir === resolve(cwd, 'outputs'))
    throw usageError(
      'tensorboard.in-outputs',
      'expected the folder for TensorBoard to be another one than outputs, where trials have their own folders',
      { fix: 'for example --tensorboard runs' },
    );
  return (context) =>
    madeWhenOpened(async (study, reader) => {
      const key = createHash('sha256').update(identityOf(study)).digest('hex').slice(0, 16);
      const folder = StudyFolder.claim(dir, basename(context.studyDir), key);
      return new TensorboardLogger({ study, reader, folder, context });
    });
};

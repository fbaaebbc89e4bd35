import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../core/package-file.js';

export const DEFAULT_STORAGE = 'sqlite:storage/hpo.db';
export const DEFAULT_SWEEP = 'cfg/sweep.yaml';

/** The folder of logs, trial folders and snapshots, in the current folder. */
export function outputsDir(): string {
  return resolve('outputs');
}

/** The file with the run's defaults as stored with the study, which trainers read. */
export function snapshotFile(studyDir: string): string {
  return join(studyDir, 'config.yaml');
}

/** Returns the command of the built-in trainer, with its placeholders. */
export function builtinCommand(): string[] {
  const main = fileURLToPath(packageFile('dist/trainer/main.js'));
  return [process.execPath, main, '--config', '${config}', '--seed', '${seed}', '${overrides}'];
}

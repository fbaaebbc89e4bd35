import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DEFAULT_STORAGE = 'sqlite:storage/hpo.db';
export const DEFAULT_SWEEP = 'cfg/sweep.yaml';

/** Logs, trial folders and snapshots; in the folder where hpo runs. */
export function outputsDir(): string {
  return resolve('outputs');
}

/** The run's defaults as stored with the study: what trainers read. */
export function snapshotFile(studyDir: string): string {
  return join(studyDir, 'config.yaml');
}

/** The command of the built-in trainer, with its placeholders. */
export function builtinCommand(): string[] {
  const main = fileURLToPath(new URL('../trainer/main.js', import.meta.url));
  return [process.execPath, main, '--config', '${config}', '--seed', '${seed}', '${overrides}'];
}

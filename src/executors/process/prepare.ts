import { closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { parse } from 'node:path';
import type { AttemptFiles } from './paths.js';

/**
 * Makes an attempt's folders and its empty log. The log of the attempt before is renamed (trial-00007.attempt-1.log).
 * Before a trial's first attempt, what lies there belongs to an earlier study of the same name: it is renamed as well
 * (trial-00007.earlier), so that no trainer goes on from a stranger's checkpoint. Nothing is ever overwritten.
 *
 * In one go and not by promises: these few calls take less time than the thread pool's round trips between them.
 */
export function prepareAttempt(files: AttemptFiles, attempt: number, checkpoints: boolean): void {
  mkdirSync(files.dir, { recursive: true });
  setAside(files.log, attempt > 1 ? `attempt-${attempt - 1}` : 'earlier');
  if (attempt === 1) for (const dir of [files.trialDir, files.checkpointDir]) setAside(dir, 'earlier');
  mkdirSync(files.trialDir, { recursive: true });
  if (checkpoints) mkdirSync(files.checkpointDir, { recursive: true });
  closeSync(openSync(files.log, 'wx'));
}

function setAside(path: string, label: string): void {
  if (!existsSync(path)) return;
  const { dir, name, ext } = parse(path);
  let aside = `${dir}/${name}.${label}${ext}`;
  for (let n = 2; existsSync(aside); n++) aside = `${dir}/${name}.${label}-${n}${ext}`;
  renameSync(path, aside);
}

import { existsSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { parse } from 'node:path';
import type { AttemptFiles } from './paths.js';

/**
 * Makes an attempt's folders and its empty log. The log of the attempt before is renamed (trial-00007.attempt-1.log).
 * Before a trial's first attempt, what lies there belongs to an earlier study of the same name: it is renamed as well
 * (trial-00007.earlier), so that no trainer goes on from a stranger's checkpoint. Nothing is ever overwritten.
 */
export async function prepareAttempt(files: AttemptFiles, attempt: number): Promise<void> {
  await mkdir(files.dir, { recursive: true });
  await setAside(files.log, attempt > 1 ? `attempt-${attempt - 1}` : 'earlier');
  if (attempt === 1) await setAside(files.trialDir, 'earlier');
  await Promise.all([
    mkdir(files.trialDir, { recursive: true }),
    open(files.log, 'wx').then((file) => file.close()),
  ]);
}

async function setAside(path: string, label: string): Promise<void> {
  if (!existsSync(path)) return;
  const { dir, name, ext } = parse(path);
  let aside = `${dir}/${name}.${label}${ext}`;
  for (let n = 2; existsSync(aside); n++) aside = `${dir}/${name}.${label}-${n}${ext}`;
  await rename(path, aside);
}

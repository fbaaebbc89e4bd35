import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns a folder of this user on this host, and not on one that hosts share: /tmp/hpo-NAME-UID. Neither TMPDIR nor
 * XDG_RUNTIME_DIR, which differ between a terminal, cron and a batch job. Null where it cannot be made, or where others may write.
 */
export function hostFolder(name: string): string | null {
  const user = process.getuid?.();
  const folder = join('/tmp', `hpo-${name}-${user ?? 'user'}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    const isOurs = user === undefined || (uid === user && (mode & 0o022) === 0);
    return isOurs && lstatSync(folder).isDirectory() ? folder : null;
  } catch {
    return null;
  }
}

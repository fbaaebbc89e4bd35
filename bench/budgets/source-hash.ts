import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/**
 * Returns a hash of all sources in folders of src; `NAME/*` means those directly in the folder, without its
 * registry and `auto`, on which no other depends.
 */
export function hashSources(folders: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const flat = folder.endsWith('/*');
    for (const path of filesIn(join(SRC, folder.replace(/\/\*$/, '')), !flat)) {
      if (flat && /\/(registry|auto)\.ts$/.test(path)) continue;
      hash.update(path.slice(SRC.length)).update(readFileSync(path));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function filesIn(folder: string, recursive: boolean): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

import { lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../../../core/errors.js';
import { packageFile } from '../../../core/package-file.js';
import type { Report } from '../report.js';

/** The module that `hpo init --python` writes; scripts import it by its name. */
export const HELPER = 'hpo.py';

/** How each version of it begins. */
const HEAD = '"""hpo for Python programs';

/**
 * Writes the module into the folder of a script, and returns whether it did: not where it is there already. `force`: in the place of another
 * version; never of a file that is not hpo's.
 * @throws HpoError init.file-exists (usage) for another file of its name.
 */
export function writeHelper(folder: string, force: boolean, report: Report): boolean {
  const path = join(folder, HELPER);
  const text = readFileSync(packageFile(`python/${HELPER}`), 'utf8');
  if (lstatSync(path, { throwIfNoEntry: false })) {
    const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
    const there = isFile ? readFileSync(path, 'utf8') : '';
    if (there === text) return false;
    const isOurs = there.startsWith(HEAD);
    if (!isOurs || !force)
      throw usageError(
        'init.file-exists',
        `expected no ${path}, or that of this version of hpo, got another one`,
        {
          fix: `remove it, or move it away, then hpo init --python${isOurs ? '; --force writes the sweep file again too' : ''}`,
        },
      );
    // A link itself, not what it leads to.
    rmSync(path);
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, text, { flag: 'wx' });
  report.written.push(path);
  report.say(`wrote ${path}`);
  return true;
}

/** Returns whether a script imports the module. */
export function importsHelper(file: string | null): boolean {
  if (file === null) return false;
  try {
    return /^\s*(?:import\s+(?:[\w.]+\s*,\s*)*hpo\b(?!\.)|from\s+hpo\s+import\b)/m.test(
      readFileSync(file, 'utf8'),
    );
  } catch {
    return false;
  }
}

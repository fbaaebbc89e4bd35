import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

export type FoundProgram =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly reason: string };

/**
 * Returns the file of a command's program: a name without a slash is searched for on `path` (as in PATH), anything else
 * starts from `cwd`. With a full path the supervisor's shell never takes a name for one of its own commands (`eval`).
 */
export function findProgram(program: string, cwd: string, path: string): FoundProgram {
  if (program.includes('/')) {
    const file = resolve(cwd, program);
    if (isRunnable(file)) return { kind: 'found', path: file };
    return {
      kind: 'missing',
      reason: isFile(file)
        ? `the trainer's program ${file} is not executable: chmod +x it, or put its interpreter first`
        : `the trainer's program ${file} does not exist`,
    };
  }
  // As in POSIX an empty element of PATH is the current folder.
  for (const folder of path.split(delimiter)) {
    const file = join(isAbsolute(folder) ? folder : resolve(cwd, folder), program);
    if (isRunnable(file)) return { kind: 'found', path: file };
  }
  return {
    kind: 'missing',
    reason: `the trainer's program ${JSON.stringify(program)} is not on PATH; a program in the trainer's folder is written ./${program}`,
  };
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return isFile(file);
  } catch {
    return false;
  }
}

import { basename, extname } from 'node:path';

/** Returns the name of a study whose sweep file gives none: the file's own, made valid as a file name. */
export function defaultName(file: string): string {
  const name = basename(file, extname(file)).replace(/[^A-Za-z0-9._-]+/g, '-');
  return name.replace(/^[^A-Za-z0-9]+/, '').slice(0, 100) || 'sweep';
}

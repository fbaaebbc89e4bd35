import { lstatSync } from 'node:fs';

/** Returns whether each of these paths is a folder and not a link to one. */
export function areFolders(paths: readonly string[]): boolean {
  return paths.every((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readlink, realpath, rename, rm, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';

/**
 * Copies a folder that nobody writes to. The copy appears as a whole, under its name, when it is complete. Files share their
 * data with the originals where the file system can do so until one of them is written (reflinks); they are never hard links,
 * since a program that writes into a file in place would change both.
 */
export async function copyFolder(from: string, to: string): Promise<void> {
  const unfinished = `${to}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(dirname(to), { recursive: true });
  const root = await realpath(from);
  await copyEntries(root, unfinished, root);
  await rename(unfinished, to);
}

/** What is neither a file, a folder nor a link is no part of a checkpoint. */
async function copyEntries(from: string, to: string, root: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyEntries(source, target, root);
    else if (entry.isSymbolicLink()) await symlink(await linkWithin(source, root), target);
    else if (entry.isFile()) await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}

/** A link to a place in the folder leads to the same place in the copy. */
async function linkWithin(link: string, root: string): Promise<string> {
  const target = await readlink(link);
  if (!isAbsolute(target)) return target;
  const inside = relative(root, await realpath(target).catch(() => resolve(target)));
  const isInside = !inside.startsWith('..') && !isAbsolute(inside);
  return isInside ? relative(dirname(link), join(root, inside)) || '.' : target;
}

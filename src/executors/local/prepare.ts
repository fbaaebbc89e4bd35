import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, parse, relative } from 'node:path';
import { codeOf } from '../../core/system-error.js';
import { type AttemptFiles, copyDir } from './paths.js';
import { processesWithToken } from './process-tree.js';

/** The errors of a file system without symbolic links. */
const NO_LINKS: readonly unknown[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

export type Preparing = {
  /** 1, 2, ... */
  readonly attempt: number;
  /** Whether the trial gets a folder for checkpoints. */
  readonly checkpoints: boolean;
  /** The name of the copy of another trial's checkpoints that the trial begins with; null: none. */
  readonly copy: string | null;
};

/**
 * Makes an attempt's folders, its empty log, and the link to it for people. Renames the link to the previous attempt's log
 * (trial-00007.attempt-1.log). Before a trial's first attempt, files at these paths belong to an earlier study of the same
 * name. They are renamed too (trial-00007.earlier), so that no trainer resumes from another study's checkpoint. Nothing is
 * ever overwritten.
 *
 * Synchronous: these few calls take less time than the thread pool's round trips between them.
 */
export function prepareAttempt(files: AttemptFiles, { attempt, checkpoints, copy }: Preparing): void {
  mkdirSync(files.dir, { recursive: true });
  setAside(files.logLink, attempt > 1 ? `attempt-${attempt - 1}` : 'earlier');
  if (attempt === 1) for (const dir of [files.trialDir, files.checkpointDir]) setAside(dir, 'earlier');
  mkdirSync(files.trialDir, { recursive: true });
  if (copy !== null) takeCopy(files, attempt, copy);
  if (checkpoints) mkdirSync(files.checkpointDir, { recursive: true });
  closeSync(openSync(files.log, 'wx'));
  link(files);
}

/** Makes the copy the folder of the trial, once. Others that were made for the same trial's place are removed: it is taken. */
function takeCopy(files: AttemptFiles, attempt: number, name: string): void {
  const copy = copyDir(files, name);
  if (existsSync(copy)) {
    if (isThere(files.checkpointDir)) setAside(files.checkpointDir, 'earlier');
    renameSync(copy, files.checkpointDir);
  } else if (attempt === 1) throw new Error(`the copy of the checkpoint that it continues is gone: ${copy}`);
  const place = `${basename(copy).split('-')[0]}-`;
  for (const other of existsSync(dirname(copy)) ? readdirSync(dirname(copy)) : [])
    if (other.startsWith(place)) rmSync(join(dirname(copy), other), { recursive: true, force: true });
}

/**
 * Returns the file that holds the output of an attempt that somebody started. Earlier versions wrote it where the link is
 * now. A log whose folder was deleted can be read for as long as the trainer has it open.
 */
export function existingLog({ log, logLink }: AttemptFiles, token: string): string {
  if (existsSync(log)) return log;
  return isFile(logLink) ? logLink : (openedBy(processesWithToken(token), log) ?? log);
}

function openedBy(pids: readonly number[], deleted: string): string | null {
  const outputs = pids.map((pid) => `/proc/${pid}/fd/1`);
  return outputs.find((output) => linkText(output) === `${deleted} (deleted)`) ?? null;
}

function linkText(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** Relative, so that the outputs can be moved as a whole. */
function link({ log, logLink }: AttemptFiles): void {
  try {
    symlinkSync(relative(dirname(logLink), log), logLink);
  } catch (error) {
    if (!NO_LINKS.includes(codeOf(error))) throw error;
  }
}

function setAside(path: string, label: string): void {
  if (!isThere(path)) return;
  const { dir, name, ext } = parse(path);
  let aside = `${dir}/${name}.${label}${ext}`;
  for (let n = 2; isThere(aside); n++) aside = `${dir}/${name}.${label}-${n}${ext}`;
  renameSync(path, aside);
}

/** Counts a link whether or not it leads anywhere. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

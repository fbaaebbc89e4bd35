import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { HpoError, messageOf } from '../../../core/errors.js';
import { isMapping } from '../../../core/mapping.js';
import { codeOf } from '../../../core/system-error.js';
import { discard, temporaryBeside } from '../../../liveness/file-replacement.js';
import { checkedCopy, isForSamePlace, type SavedState, type SavedStates } from './saved-state.js';

/**
 * Returns the folder of a study's checkpoints, beside its database, or in the working folder for a database of a server; null
 * for a uid that hpo does not write.
 */
export function checkpointFolder(database: string, uid: string | null): string | null {
  if (uid === null || !/^[0-9a-f]{32}$/.test(uid)) return null;
  return join(isAbsolute(database) ? `${database}-checkpoints` : resolve('hpo-checkpoints'), uid);
}

/** Returns where copies of checkpoints lie until the trials that begin with them have them. */
export function copiesIn(folder: string): string {
  return join(folder, 'copies');
}

/**
 * Returns the checkpoints of a study in a folder: `TRIAL/checkpoint`, a line of JSON and then the data. A file is replaced
 * as a whole, so that a killed program leaves the one before. Folders are removed with what they hold.
 */
export function checkpointsInFiles(folder: string): SavedStates {
  const folderOf = (trial: number) => join(folder, String(trial));
  const fileOf = (trial: number) => join(folderOf(trial), 'checkpoint');
  const copies = copiesIn(folder);
  // Most studies save nothing: one look spares each trial several waits for the file system.
  const isEmpty = () => !existsSync(folder);
  return {
    async read(trial) {
      if (isEmpty()) return null;
      const file = fileOf(trial);
      const bytes = await readFile(file).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      });
      return bytes && decode(bytes, file);
    },
    async write(trial, state) {
      const file = fileOf(trial);
      await mkdir(folderOf(trial), { recursive: true });
      await replace(file, encode(state));
    },
    kept: 0,
    trials: async () =>
      (await readdir(folder).catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number),
    exist: async ({ trial }) =>
      !isEmpty() &&
      stat(fileOf(trial)).then(
        () => true,
        (error: unknown) => codeOf(error) !== 'ENOENT',
      ),
    // `RunHooks.saved` reports each complete checkpoint instead.
    look: async () => ({ stamp: '', isOpen: () => false }),
    hold: async () => ({ release: () => {} }),
    async copy({ trial }, name) {
      await mkdir(copies, { recursive: true });
      await replace(join(copies, checkedCopy(name)), await readFile(fileOf(trial)));
      return true;
    },
    async begin(trial, name) {
      const copy = join(copies, checkedCopy(name));
      await mkdir(folderOf(trial), { recursive: true });
      await rename(copy, fileOf(trial)).catch((error: unknown) => {
        // It has it since an earlier attempt.
        if (codeOf(error) !== 'ENOENT') throw error;
      });
      for (const other of await readdir(copies).catch(() => []))
        if (isForSamePlace(other, name)) await rm(join(copies, other), { force: true });
      await rmdir(copies).catch(() => {});
    },
    async discard({ trial }) {
      if (isEmpty()) return;
      await rm(folderOf(trial), { recursive: true, force: true });
      // Those that hold something else stay.
      await rmdir(folder)
        .then(() => rmdir(dirname(folder)))
        .catch(() => {});
    },
  };
}

async function replace(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryBeside(file);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    discard(temporary);
    throw error;
  }
}

function encode({ step, isBeforeReport, data }: SavedState): Uint8Array {
  const kind = typeof data === 'string' ? 'json' : 'bytes';
  const head = `${JSON.stringify({ hpo: 1, step, isBeforeReport, kind })}\n`;
  return Buffer.concat([Buffer.from(head), typeof data === 'string' ? Buffer.from(data) : data]);
}

function decode(bytes: Buffer, file: string): SavedState {
  try {
    const end = bytes.indexOf(10);
    const head: unknown = JSON.parse(bytes.subarray(0, end).toString());
    if (end < 0 || !isMapping(head) || !Number.isSafeInteger(head.step))
      throw new Error('it has no first line');
    const data = bytes.subarray(end + 1);
    return {
      step: head.step as number,
      isBeforeReport: head.isBeforeReport === true,
      data: head.kind === 'json' ? data.toString() : Uint8Array.from(data),
    };
  } catch (cause) {
    throw new HpoError('checkpoint.unreadable', `cannot read the checkpoint ${file}: ${messageOf(cause)}`, {
      fix: 'remove the file: its trial begins again',
    });
  }
}

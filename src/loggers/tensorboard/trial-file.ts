import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../core/system-error.js';
import { startRecord, versionRecord } from './events.js';

/** Name of a file of hpo: the time in seconds, the attempt, and random text, so that no two writers have one file. */
const OURS = /^events\.out\.tfevents\.(\d{10})\.hpo-(\d+)-([0-9a-f]{8})$/;

/** What is written between two flushes. */
const BUFFER_BYTES = 64 * 1024;

type Own = { readonly name: string; readonly attempt: number; readonly seconds: number };

/** Why a writer cannot continue a file: another one has replaced it, or somebody has deleted it. */
export class Replaced extends Error {}

/**
 * The event file of one attempt in the folder of its trial. Only its writer appends to it. It replaces the files of earlier attempts
 * and of earlier writers, so that the folder says what the database says. These are emptied at first: a TensorBoard that reads one
 * continues with the next file, but never after one that is gone.
 */
export class TrialFile {
  readonly #folder: string;
  readonly #own: Own;
  #size = 0;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** The obstacle that made the file incomplete; null: it is complete. */
  #obstacle: unknown = null;

  private constructor(folder: string, own: Own) {
    this.#folder = folder;
    this.#own = own;
  }

  /** Creates a file that sorts after all others of the folder. Null: a later attempt has one. */
  static begin(folder: string, attempt: number, nowMs: number): TrialFile | null {
    const others = filesIn(folder);
    if (others.some((other) => other.attempt > attempt)) return null;
    const seconds = Math.max(Math.floor(nowMs / 1000), ...others.map((other) => other.seconds + 1));
    const name = `events.out.tfevents.${String(seconds).padStart(10, '0')}.hpo-${attempt}-${randomBytes(4).toString('hex')}`;
    const file = new TrialFile(folder, { name, attempt, seconds });
    file.add(versionRecord(nowMs));
    file.add(startRecord(nowMs));
    file.#create();
    for (const other of others) removeEmpty(join(folder, other.name));
    return file;
  }

  get obstacle(): unknown {
    return this.#obstacle;
  }

  /** Returns whether no other writer has replaced it. */
  isCurrent(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.size === this.#size;
  }

  add(record: Uint8Array): void {
    if (this.#obstacle !== null) return;
    this.#pending.push(record);
    this.#pendingBytes += record.length;
    if (this.#pendingBytes > BUFFER_BYTES) this.flush();
  }

  /** Writes what is pending. Never throws: see `obstacle`. */
  flush(): void {
    if (this.#pendingBytes === 0 || this.#obstacle !== null) return;
    try {
      append(this.#path, Buffer.concat(this.#pending), this.#size);
      this.#size += this.#pendingBytes;
    } catch (error) {
      this.#obstacle = error;
    }
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** Empties the files that this one replaces. The next one removes them. */
  discardOthers(): void {
    if (this.#obstacle !== null) return;
    for (const other of filesIn(this.#folder))
      if (isBefore(other, this.#own)) truncate(join(this.#folder, other.name));
  }

  get #path(): string {
    return join(this.#folder, this.#own.name);
  }

  #create(): void {
    try {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(this.#path, '', { flag: 'wx' });
    } catch (error) {
      this.#obstacle = error;
    }
  }
}

/** Of several writers each empties the files before its own, so that the last one stays. */
function isBefore(a: Own, b: Own): boolean {
  if (a.attempt !== b.attempt) return a.attempt < b.attempt;
  return a.name < b.name;
}

/** Returns whether the folder of a trial has a file of hpo. */
export function hasEventFile(folder: string): boolean {
  return filesIn(folder).length > 0;
}

/** Returns the files of hpo in the folder of a trial. Others may write there, too. */
function filesIn(folder: string): Own[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  return names.flatMap((name) => {
    const [, seconds, attempt] = OURS.exec(name) ?? [];
    return attempt === undefined ? [] : [{ name, attempt: Number(attempt), seconds: Number(seconds) }];
  });
}

function removeEmpty(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.size === 0) rmSync(file, { force: true });
}

/** Another writer may have removed it meanwhile. */
function truncate(file: string): void {
  try {
    truncateSync(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** Appends all bytes or none to a file of this size, and creates none. @throws Replaced, and the system's error. */
function append(file: string, bytes: Uint8Array, size: number): void {
  const to = openExisting(file);
  try {
    if (fstatSync(to).size !== size) throw new Replaced('another process has replaced it');
    try {
      writeFileSync(to, bytes);
    } catch (error) {
      // On a full disk a part may have been written.
      ftruncateSync(to, size);
      throw error;
    }
  } finally {
    closeSync(to);
  }
}

function openExisting(file: string): number {
  try {
    return openSync(file, constants.O_WRONLY | constants.O_APPEND);
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? new Replaced('it is gone') : error;
  }
}

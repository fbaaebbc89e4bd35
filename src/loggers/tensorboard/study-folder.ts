import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../core/system-error.js';

const OWN = '.hpo';
const MARK = /^trial-(\d{5,})-(\d+)$/;

/** An attempt of a trial. */
export type Mark = { readonly trial: number; readonly attempt: number };

/**
 * The folder of a study below the one that TensorBoard reads: a folder for each trial, and a mark for each attempt whose end is
 * not written. A trial with an event file and without marks is complete.
 */
export class StudyFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Returns the study's own folder: its name, or its name and a part of its key where another study of that name has the first.
   * @throws the system's error where it cannot be made.
   */
  static claim(dir: string, name: string, key: string): StudyFolder {
    const path = join(dir, name);
    return new StudyFolder(claims(path, key) ? path : makeFolder(`${path}-${key.slice(0, 8)}`));
  }

  trial(number: number): string {
    return join(this.path, trialName(number));
  }

  marks(): Mark[] {
    return readdirSync(join(this.path, OWN)).flatMap((name) => {
      const [, trial, attempt] = MARK.exec(name) ?? [];
      return attempt === undefined ? [] : [{ trial: Number(trial), attempt: Number(attempt) }];
    });
  }

  /** Notes that the end of an attempt is to be written. */
  mark(mark: Mark): void {
    mkdirSync(join(this.path, OWN), { recursive: true });
    writeFileSync(this.#fileOf(mark), '');
  }

  unmark(mark: Mark): void {
    rmSync(this.#fileOf(mark), { force: true });
  }

  #fileOf({ trial, attempt }: Mark): string {
    return join(this.path, OWN, `${trialName(trial)}-${attempt}`);
  }
}

function trialName(trial: number): string {
  if (!Number.isSafeInteger(trial) || trial < 0) throw new Error(`expected a trial's number, got ${trial}`);
  return `trial-${String(trial).padStart(5, '0')}`;
}

/** Returns whether the folder belongs to the study of this key. Of several studies that claim it, one does. */
function claims(path: string, key: string): boolean {
  const file = join(makeFolder(path), OWN, 'study');
  const temporary = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    if (readKey(file) === null) {
      writeFileSync(temporary, key);
      linkSync(temporary, file);
    }
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  return readKey(file) === key;
}

function readKey(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function makeFolder(path: string): string {
  mkdirSync(join(path, OWN), { recursive: true });
  return path;
}

import { fsyncSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RunConfig } from '../config/run-config.js';
import { canonicalJson } from '../config/spec-diff.js';
import { messageOf } from '../core/errors.js';
import { codeOf } from '../core/system-error.js';
import { decodeSnapshot, encodeSnapshot, mostBytes, type Snapshot } from './checkpoint-format.js';

const NAME = 'latest.ckpt';

/**
 * What a checkpoint can be gone on from by: everything that decides a run's epochs. Not how many there are to be: a run may
 * be made longer. The backend is a part of it, since another one computes other last digits.
 */
export function runKey({ epochs: _, device: __, ...rest }: RunConfig, backend: string): string {
  return canonicalJson({ ...rest, backend });
}

/** The newest checkpoint of one run, as a file in a folder. No trouble with it ends a training. */
export class Checkpoint {
  readonly #folder: string;
  readonly #run: string;
  readonly #print: (line: string) => void;
  #failed = false;

  /** `run`: of `runKey`. `print` gets lines for people. */
  constructor(folder: string, run: string, print: (line: string) => void) {
    this.#folder = folder;
    this.#run = run;
    this.#print = print;
  }

  get file(): string {
    return path.join(this.#folder, NAME);
  }

  /**
   * What to go on from; null without a checkpoint, and, said in a line, when the one there is torn or of something else.
   * @param sizes the values of each tensor that the run has.
   * @param epochs the epochs that it is to have.
   */
  async load(sizes: readonly number[], epochs: number): Promise<Snapshot | null> {
    try {
      const found = await stat(this.file);
      if (!found.isFile() || found.size > mostBytes(sizes))
        return this.#ignore('is no checkpoint of this run');
      const snapshot = decodeSnapshot(await readFile(this.file), this.#run, sizes);
      if ('problem' in snapshot) return this.#ignore(snapshot.problem);
      if (snapshot.epoch > epochs)
        return this.#ignore(`has ${snapshot.epoch} epochs, and not at most ${epochs}`);
      return snapshot;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      return this.#ignore(`cannot be read (${messageOf(error)})`);
    }
  }

  /**
   * Puts a snapshot in the place of the one before, whole or not at all, whatever happens meanwhile. What the epochs up to it
   * have printed is safe before: an epoch that is not done again must not be missing from the log after a power cut.
   */
  async save(snapshot: Snapshot): Promise<void> {
    const beside = `${this.file}.tmp`;
    try {
      syncOutput();
      await mkdir(this.#folder, { recursive: true });
      const file = await open(beside, 'w');
      try {
        await file.writeFile(encodeSnapshot(this.#run, snapshot));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, this.file);
      await syncFolder(this.#folder);
      this.#failed = false;
    } catch (error) {
      await rm(beside, { force: true }).catch(() => {});
      // A disk that is full now is so after the next epoch as well: once is enough.
      if (!this.#failed)
        this.#print(`checkpoint ${this.file} not saved (${messageOf(error)}); training goes on`);
      this.#failed = true;
    }
  }

  #ignore(problem: string): null {
    this.#print(`checkpoint ${this.file} ${problem}: it is ignored, training starts anew`);
    return null;
  }
}

/** In a sweep stdout is the log of the trial; a terminal or a pipe cannot be synced. */
function syncOutput(): void {
  try {
    fsyncSync(1);
  } catch {
    // Nothing to make safe.
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

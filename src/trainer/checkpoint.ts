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
 * Returns the identity of a run for its checkpoints: all settings that determine its epochs. The number of epochs is
 * not included, so a run can be extended. The backend is, because the last digits differ between backends.
 */
export function runKey({ epochs: _, device: __, ...rest }: RunConfig, backend: string): string {
  return canonicalJson({ ...rest, backend });
}

/** The newest checkpoint of one run, a file in a folder. No error with it ends the training. */
export class Checkpoint {
  readonly #folder: string;
  readonly #run: string;
  readonly #print: (line: string) => void;
  #failed = false;

  /** `run`: from `runKey`. `print` receives lines for people. */
  constructor(folder: string, run: string, print: (line: string) => void) {
    this.#folder = folder;
    this.#run = run;
    this.#print = print;
  }

  get file(): string {
    return path.join(this.#folder, NAME);
  }

  /**
   * Returns the snapshot to resume from; null without a checkpoint. Null with a printed line when it is damaged or belongs
   * to another run.
   * @param sizes the number of values in each tensor of the run.
   * @param epochs the total number of epochs of the run.
   */
  async load(sizes: readonly number[], epochs: number): Promise<Snapshot | null> {
    try {
      const found = await stat(this.file);
      if (!found.isFile() || found.size > mostBytes(sizes))
        return this.#ignore('is no checkpoint of this run');
      const snapshot = decodeSnapshot(await readFile(this.file), this.#run, sizes);
      if ('problem' in snapshot) return this.#ignore(snapshot.problem);
      if (snapshot.epoch > epochs)
        return this.#ignore(`has ${snapshot.epoch} epochs, expected at most ${epochs}`);
      return snapshot;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      return this.#ignore(`cannot be read (${messageOf(error)})`);
    }
  }

  /**
   * Replaces the snapshot atomically. It first syncs the output of the epochs before: an epoch that is not repeated must
   * not be missing from the log after a power failure.
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
      // A full disk is still full after the next epoch: one message is enough.
      if (!this.#failed)
        this.#print(`checkpoint ${this.file} not saved (${messageOf(error)}); training continues`);
      this.#failed = true;
    }
  }

  #ignore(problem: string): null {
    this.#print(`checkpoint ${this.file} ${problem}: ignored, training starts from the beginning`);
    return null;
  }
}

/** In a sweep stdout is the log of the trial. A terminal or a pipe cannot be synced. */
function syncOutput(): void {
  try {
    fsyncSync(1);
  } catch {
    // There is nothing to sync.
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

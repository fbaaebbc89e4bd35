import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../../core/system-error.js';

/** The files of the leases' folder. Nothing here throws but `write`: a lease that cannot be kept ends no sweep. */
export class LeaseStore {
  readonly dir: string;
  readonly #onTrouble: (error: unknown) => void;
  #troubled = false;

  /** `onTrouble` receives the first error alone. */
  constructor(dir: string, onTrouble: (error: unknown) => void) {
    this.dir = dir;
    this.#onTrouble = onTrouble;
  }

  names(): string[] {
    try {
      return readdirSync(this.dir);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') this.report(error);
      return [];
    }
  }

  /**
   * Writes into the file itself: a rename could hide it for a moment from one who reads the folder.
   * @throws the system's error.
   */
  write(name: string, text: string): void {
    try {
      writeFileSync(this.#path(name), text);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      mkdirSync(this.dir, { recursive: true, mode: 0o700 });
      writeFileSync(this.#path(name), text);
    }
  }

  tryWrite(name: string, text: string): void {
    this.#try(() => this.write(name, text));
  }

  /** Makes a file look new, and writes it again where somebody has removed it. */
  refresh(name: string, text: string): void {
    const now = new Date();
    try {
      utimesSync(this.#path(name), now, now);
    } catch {
      this.tryWrite(name, text);
    }
  }

  remove(name: string): void {
    this.#try(() => rmSync(this.#path(name), { force: true }));
  }

  report(error: unknown): void {
    if (this.#troubled) return;
    this.#troubled = true;
    this.#onTrouble(error);
  }

  #try(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.report(error);
    }
  }

  #path(name: string): string {
    return join(this.dir, name);
  }
}

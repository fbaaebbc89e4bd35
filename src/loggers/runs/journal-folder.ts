import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnedLiveness } from '../../liveness/liveness.js';
import { Journal, type RunHead, SENT } from './journal.js';

/** Name of an owner's folder; earlier versions wrote `boot_pid_ticks`. */
const FOLDER = /^(?:[\w.-]+(?:~[\w.-]+)+|[\w-]+_\d+_(?:\d+|-))$/;
const JOURNAL = /^(\d+)-(\d+)-([0-9a-f]+)\.jsonl(\.sent)?$/;

/**
 * The journals of a study. Each orchestrator has its own folder, named after it. It claims the journals of ended orchestrators by
 * renaming them into its folder: of several that try, one succeeds, and nobody writes to another's file.
 */
export class JournalFolder<H extends RunHead, E> {
  readonly #root: string;
  readonly #own: string;
  readonly #liveness: OwnedLiveness;
  readonly #isOwn: (id: string, trial: number, attempt: number) => boolean;

  /**
   * `liveness`: of the orchestrators with journals here. `isOwn`: returns whether a run is of this study; studies of the same
   * name in other databases may share the folder.
   */
  constructor(
    root: string,
    liveness: OwnedLiveness,
    isOwn: (id: string, trial: number, attempt: number) => boolean,
  ) {
    this.#isOwn = isOwn;
    this.#root = root;
    this.#own = join(root, folderOf(liveness.self));
    this.#liveness = liveness;
  }

  begin(head: H): Journal<H, E> {
    this.#liveness.hold();
    const trial = String(head.trial).padStart(5, '0');
    return Journal.begin<H, E>(join(this.#own, `${trial}-${head.attempt}-${head.id}.jsonl`), head);
  }

  /** Claims the journals of this study that ended orchestrators left behind, and returns them. */
  claim(): Journal<H, E>[] {
    if (!existsSync(this.#root)) return [];
    const others = readdirSync(this.#root)
      .filter((name) => FOLDER.test(name) && join(this.#root, name) !== this.#own)
      .filter((name) => this.#liveness.judge(ownerOf(name)) === 'ended');
    const claimed = others.flatMap((name) => this.#claimFrom(join(this.#root, name)));
    // Where an attempt continues the run of the one before, that one comes first.
    return claimed.sort(({ head: a }, { head: b }) => a.trial - b.trial || a.attempt - b.attempt);
  }

  #claimFrom(folder: string): Journal<H, E>[] {
    const claimed: Journal<H, E>[] = [];
    const names = namesIn(folder)
      .filter((name) => this.#isOfStudy(name))
      .sort();
    for (const name of names.filter((each) => !each.endsWith(SENT))) {
      this.#liveness.hold();
      mkdirSync(this.#own, { recursive: true });
      const file = join(this.#own, name);
      if (!moved(join(folder, name), file)) continue;
      moved(join(folder, name + SENT), file + SENT);
      const journal = Journal.read<H, E>(file);
      if (journal) claimed.push(journal);
      else rmSync(file, { force: true });
    }
    // A kill during the removal of a journal leaves the file that counts its sent rows.
    for (const name of names.filter((each) => each.endsWith(SENT)))
      rmSync(join(folder, name), { force: true });
    try {
      rmdirSync(folder);
    } catch {
      // Another orchestrator claims from it, or it holds other files.
    }
    return claimed;
  }

  #isOfStudy(name: string): boolean {
    const [, trial, attempt, id] = JOURNAL.exec(name) ?? [];
    return id !== undefined && this.#isOwn(id, Number(trial), Number(attempt));
  }

  /** Removes the folders where no journal is left. Call it last. */
  close(): void {
    removeEmpty(this.#own);
    this.#liveness.close((owner) => existsSync(join(this.#root, folderOf(owner))));
    removeEmpty(this.#root);
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is not empty, or does not exist.
  }
}

const folderOf = (owner: string) => owner.replaceAll(':', '~');
/** Returns the owner of a folder. Earlier versions wrote `_` for each colon. */
const ownerOf = (folder: string) => folder.replaceAll(folder.includes('~') ? '~' : '_', ':');

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Returns false when the file does not exist: another orchestrator was first. */
function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

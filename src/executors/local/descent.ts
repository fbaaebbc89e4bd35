import { HAS_PROC, type ProcessId } from '../../liveness/proc.js';
import { descendants, type Snapshot, same, supervisorIn, takeSnapshot } from './attempt-processes.js';
import { trainerHere } from './trainer-record.js';

const FIRST_LOOK_MS = 200;
const LOOK_MS = 1000;
/** Looks take at most one part in this many of the time, however many processes there are. */
const SHARE = 50;
/** For how many ended attempts the processes that they left running are remembered. */
const MAX_ENDED = 100;

type Attempt = { readonly dir: string; readonly token: string };
type Followed = Attempt & { readonly known: Map<number, ProcessId> };

/**
 * Remembers the descendants of running attempts. A child that clears its environment, closes all files and leaves its
 * session looks like any other process once its parents have ended. One look at /proc serves all attempts.
 */
class Descent {
  readonly #followed = new Map<string, Followed>();
  readonly #ended = new Map<string, readonly ProcessId[]>();
  #timer: NodeJS.Timeout | null = null;

  /** Watches an attempt until `end` is called with its token. */
  begin(attempt: Attempt): void {
    if (!HAS_PROC) return;
    this.#followed.set(attempt.token, { ...attempt, known: new Map() });
    this.#schedule(FIRST_LOOK_MS);
  }

  end(token: string): void {
    const known = this.known(token);
    this.#followed.delete(token);
    if (known.length > 0) this.#ended.set(token, known);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest);
    if (this.#followed.size > 0 || this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Returns the processes that were seen. Some may have ended. */
  known(token: string): readonly ProcessId[] {
    return [...(this.#followed.get(token)?.known.values() ?? this.#ended.get(token) ?? [])];
  }

  /** Drops what is remembered of an attempt. */
  forget(token: string): void {
    this.#ended.delete(token);
  }

  #schedule(afterMs: number): void {
    if (this.#timer !== null || this.#followed.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      const begunMs = performance.now();
      // Null where /proc cannot be read at this moment (no file can be opened): the next look sees more.
      const all = foundOrNull(takeSnapshot);
      if (all !== null) for (const each of this.#followed.values()) look(each, all);
      this.#schedule(Math.max(LOOK_MS, SHARE * (performance.now() - begunMs)));
    }, afterMs);
    this.#timer.unref();
  }
}

export const descent = new Descent();

function look({ dir, token, known }: Followed, all: Snapshot): void {
  const roots = new Set<number>();
  for (const each of known.values()) {
    if (same(all, each) === null) known.delete(each.pid);
    else roots.add(each.pid);
  }
  const trainer = foundOrNull(() => trainerHere(dir));
  if (trainer && same(all, trainer)) roots.add(trainer.pid);
  const supervisor = foundOrNull(() => supervisorIn(all, dir, token, trainer));
  if (supervisor) {
    roots.add(supervisor.pid);
    for (const { pid, session } of all.values()) if (session === supervisor.pid) roots.add(pid);
  }
  for (const pid of descendants(all, roots)) {
    const stat = all.get(pid);
    if (stat) known.set(pid, { pid, ticks: stat.ticks });
  }
}

/** A folder that cannot be read now is read the next time. */
function foundOrNull<T>(find: () => T): T | null {
  try {
    return find();
  } catch {
    return null;
  }
}

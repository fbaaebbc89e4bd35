import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Liveness } from '../../../liveness/liveness.js';
import { codeOf } from '../attempt-dir.js';
import { isAttemptAlive } from '../attempt-liveness.js';
import { processesWithToken } from '../process-tree.js';
import {
  isPlainToken,
  type Lease,
  type LeaseFile,
  type LeaseNote,
  leaseName,
  leaseText,
  readLease,
  readWait,
  type WaitFile,
  waitName,
} from './lease-file.js';

export type LeaseOptions = {
  readonly dir: string;
  /** Of those who keep leases in this folder. */
  readonly liveness: Liveness;
  /** Hears once why leases could not be kept; the sweep goes on without them. */
  readonly onTrouble: (error: unknown) => void;
};

/** An attempt's files of ours, what they say, and the files of who watched it before. */
type Own = { readonly files: readonly string[]; readonly before: readonly string[]; readonly text: string };

/** How often one that sees others try at the same moment looks again, and how long it waits in between. */
const LOOKS = 50;
const LOOK_MS = 1;

/**
 * The GPU leases of this machine: a folder with one file for each GPU of each attempt.
 *
 * No lock guards it, so nobody who is killed or suspended can leave one behind. Whoever wants a GPU first writes its
 * claim and then counts the others'; it has the GPU only if it found room, else it takes its claim back. Of any group
 * that would be one too many, the last to write sees all the others. Names are never used twice and files are never
 * renamed, so what is stale may be removed by anybody at any time.
 *
 * A lease is stale when its orchestrator has ended and no process of its attempt lives: a trainer keeps its GPU when its
 * orchestrator is killed. One whose orchestrator cannot be judged from here counts as held.
 */
export class Leases {
  readonly #o: LeaseOptions;
  readonly #own = new Map<string, Own>();
  #waiting = '';
  #troubled = false;

  constructor(options: LeaseOptions) {
    this.#o = options;
  }

  get owner(): string {
    return this.#o.liveness.self;
  }

  /** Leases of orchestrators and trainers that live or may live, ours included. What is stale is removed. */
  live(): Lease[] {
    const { live, stale } = this.#sort();
    for (const { file } of stale) this.#remove(file);
    return live;
  }

  /** The same, and nothing is touched. */
  look(): Lease[] {
    return this.#sort().live;
  }

  /**
   * Takes all of these GPUs for an attempt, or none: false when one of them has `places` leases already.
   * Where leases cannot be kept (a full disk) it is true, and `onTrouble` hears of it.
   */
  take(gpus: readonly string[], token: string, places: number): boolean {
    const owner = this.#o.liveness.hold();
    const files = gpus.map((gpu) => leaseName(gpu, owner, token));
    try {
      for (const file of files) this.#write(file, '');
    } catch (error) {
      for (const file of files) this.#remove(file);
      this.#tell(error);
      return true;
    }
    if (!this.#hasRoom(gpus, token, places)) {
      for (const file of files) this.#remove(file);
      return false;
    }
    this.#hold(token, { files, before: [], text: leaseText(null) });
    return true;
  }

  /**
   * Makes ours what an attempt holds that runs already, on these GPUs and wherever else it has leases. It runs, so
   * nothing is counted. Its old leases stay until it ends, or one who reads the folder now might see neither.
   */
  adopt(gpus: readonly string[], token: string): void {
    if (!isPlainToken(token)) return;
    const before = this.look().filter((lease) => lease.token === token);
    const keys = new Set([...gpus, ...before.map(({ gpu }) => gpu)]);
    const owner = this.#o.liveness.hold();
    this.#hold(token, {
      files: [...keys].map((gpu) => leaseName(gpu, owner, token)),
      before: before.map(({ file }) => file),
      text: leaseText(before.find(({ note }) => note !== null)?.note ?? null),
    });
  }

  /** Tells others what runs under a lease; to be called before it starts. */
  note(token: string, note: LeaseNote): void {
    const own = this.#own.get(token);
    if (own) this.#hold(token, { ...own, text: leaseText(note) });
  }

  /** Gives a lease back; one that is not ours is let be. */
  release(token: string): void {
    const own = this.#own.get(token);
    for (const file of [...(own?.files ?? []), ...(own?.before ?? [])]) this.#remove(file);
    this.#own.delete(token);
  }

  /** Tells others that we would take one of these GPUs; an empty list takes it back. */
  wait(gpus: readonly string[]): void {
    const text = gpus.join('\n');
    if (text === this.#waiting) return;
    this.#waiting = text;
    const file = waitName(this.#o.liveness.hold());
    if (text === '') this.#remove(file);
    else this.#try(() => this.#write(file, text));
  }

  /** Other sweeps that wait for a GPU and have not ended. */
  waiting(): WaitFile[] {
    const waits = this.#names().flatMap((name) => readWait(this.#o.dir, name) ?? []);
    return waits.filter(({ file, owner }) => {
      if (owner === this.owner) return false;
      if (this.#o.liveness.judge(owner) !== 'ended') return true;
      this.#remove(file);
      return false;
    });
  }

  /** Whether a lease or a wish is under this owner's name. */
  refersTo(owner: string): boolean {
    return this.#names().some((name) => name.includes(`~${owner}`));
  }

  /** Writes again what somebody tidied away, and keeps what is left from looking old to a cleaner of /tmp. */
  refresh(): void {
    const now = new Date();
    for (const { files, text } of this.#own.values()) {
      for (const file of files) {
        try {
          utimesSync(this.#path(file), now, now);
        } catch {
          this.#try(() => this.#write(file, text));
        }
      }
    }
  }

  #hasRoom(gpus: readonly string[], token: string, places: number): boolean {
    for (let look = 0; look < LOOKS; look++) {
      if (look > 0) pause(LOOK_MS);
      const others = this.live().filter((lease) => lease.token !== token);
      const rooms = gpus.map((gpu) =>
        judge(
          others.filter((lease) => lease.gpu === gpu),
          token,
          places,
        ),
      );
      if (rooms.every((room) => room === 'free')) return true;
      if (rooms.includes('full')) return false;
    }
    return false;
  }

  #sort(): { live: Lease[]; stale: LeaseFile[] } {
    const leases = this.#names().flatMap((name) => readLease(this.#o.dir, name) ?? []);
    const owners = [...new Set(leases.map(({ owner }) => owner))];
    const watching = new Set(owners.filter((owner) => this.#o.liveness.judge(owner) !== 'ended'));
    const live: Lease[] = [];
    const stale: LeaseFile[] = [];
    for (const lease of leases) {
      const watched = watching.has(lease.owner);
      if (watched || mayRun(lease)) live.push({ ...lease, watched });
      else stale.push(lease);
    }
    return { live, stale };
  }

  #hold(token: string, own: Own): void {
    if (own.files.length === 0) return;
    this.#own.set(token, own);
    this.#try(() => {
      for (const file of own.files) this.#write(file, own.text);
    });
  }

  #names(): string[] {
    try {
      return readdirSync(this.#o.dir);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') this.#tell(error);
      return [];
    }
  }

  /** Into the file itself: a rename could hide it for a moment from one who reads the folder. */
  #write(name: string, text: string): void {
    try {
      writeFileSync(this.#path(name), text);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      mkdirSync(this.#o.dir, { recursive: true, mode: 0o700 });
      writeFileSync(this.#path(name), text);
    }
  }

  #remove(name: string): void {
    this.#try(() => rmSync(this.#path(name), { force: true }));
  }

  #try(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    if (this.#troubled) return;
    this.#troubled = true;
    this.#o.onTrouble(error);
  }

  #path(name: string): string {
    return join(this.#o.dir, name);
  }
}

/** Whether there is room beside these leases. Of those that try at one moment the smallest token goes first. */
function judge(others: readonly LeaseFile[], token: string, places: number): 'free' | 'full' | 'contested' {
  if (countAttempts(others) < places) return 'free';
  const first = others.filter((lease) => lease.held || lease.token < token);
  return countAttempts(first) < places ? 'contested' : 'full';
}

/** Whether an attempt whose orchestrator has ended runs, or may run: nothing starts before its folder is noted. */
function mayRun({ token, note }: LeaseFile): boolean {
  return note === null ? processesWithToken(token).length > 0 : isAttemptAlive(note.dir, token) !== 'ended';
}

/** An attempt that is being taken over has two files for a moment. */
export function countAttempts(leases: readonly LeaseFile[]): number {
  return new Set(leases.map(({ token }) => token)).size;
}

/** Without giving way to anything else of ours: a claim that is not decided yet should stay short. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

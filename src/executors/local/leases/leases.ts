import type { Liveness } from '../../../liveness/liveness.js';
import { handleKind } from '../../handle.js';
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
import { LeaseStore } from './lease-store.js';

export type LeaseOptions = {
  readonly dir: string;
  /** Whether the owners of leases in this folder live. */
  readonly liveness: Liveness;
  /** Receives the first reason why leases could not be kept. The sweep continues without them. */
  readonly onTrouble: (error: unknown) => void;
};

/** The files of one of this sweep's attempts, their text, and the files of the orchestrator that watched it before. */
type Own = { readonly files: readonly string[]; readonly before: readonly string[]; readonly text: string };

/** How often a sweep looks again when others try at the same moment, and how long it waits in between. */
const LOOKS = 50;
const LOOK_MS = 1;

/**
 * The GPU leases of this machine: a folder with one file for each GPU of each attempt.
 *
 * No lock guards it, so a process that is killed or suspended leaves none behind. A sweep that wants a GPU first writes its
 * claim and then counts the others'. It has the GPU only if it found room; otherwise it takes its claim back. Of any group
 * that would be one too many, the last to write sees all the others. Names are never used twice and files are never
 * renamed, so anybody may remove a stale file at any time.
 *
 * A lease is stale when its orchestrator has ended and no process of its attempt lives: a trainer keeps its GPU when its
 * orchestrator is killed. A lease whose orchestrator cannot be seen from here counts as held.
 */
export class Leases {
  readonly #liveness: Liveness;
  readonly #store: LeaseStore;
  readonly #own = new Map<string, Own>();
  #waiting = '';

  constructor({ dir, liveness, onTrouble }: LeaseOptions) {
    this.#liveness = liveness;
    this.#store = new LeaseStore(dir, onTrouble);
  }

  get owner(): string {
    return this.#liveness.self;
  }

  /** Returns the leases of orchestrators and trainers that live or may live, this sweep's included. Removes stale ones. */
  live(): Lease[] {
    const { live, stale } = this.#sort();
    for (const { file } of stale) this.#store.remove(file);
    return live;
  }

  /** Returns the same leases and changes nothing. */
  look(): Lease[] {
    return this.#sort().live;
  }

  /**
   * Takes all of these GPUs for an attempt, or none: false when one of them has `slotsPerDevice` leases already. Where
   * leases cannot be kept (a full disk) it returns true, and `onTrouble` receives the error.
   */
  take(gpus: readonly string[], token: string, slotsPerDevice: number): boolean {
    const owner = this.#liveness.hold();
    const files = gpus.map((gpu) => leaseName(gpu, owner, token));
    try {
      for (const file of files) this.#store.write(file, '');
    } catch (error) {
      for (const file of files) this.#store.remove(file);
      this.#store.report(error);
      return true;
    }
    if (!this.#hasRoom(gpus, token, slotsPerDevice)) {
      for (const file of files) this.#store.remove(file);
      return false;
    }
    this.#hold(token, { files, before: [], text: leaseText(null) });
    return true;
  }

  /**
   * Moves the leases of a reattached attempt to this sweep, on these GPUs and wherever else it has any. It runs already, so
   * nothing is counted. Its old leases stay until it ends: a sweep that reads the folder now might see neither.
   */
  reattach(gpus: readonly string[], token: string): void {
    if (!isPlainToken(token)) return;
    const before = this.look().filter((lease) => lease.token === token);
    const keys = new Set([...gpus, ...before.map(({ gpu }) => gpu)]);
    const owner = this.#liveness.hold();
    this.#hold(token, {
      files: [...keys].map((gpu) => leaseName(gpu, owner, token)),
      before: before.map(({ file }) => file),
      text: leaseText(before.find(({ note }) => note !== null)?.note ?? null),
    });
  }

  /** Publishes what runs under a lease. Call it before that starts. */
  note(token: string, note: LeaseNote): void {
    const own = this.#own.get(token);
    if (own) this.#hold(token, { ...own, text: leaseText(note) });
  }

  /** Gives a lease back. Does nothing for another sweep's. */
  release(token: string): void {
    const own = this.#own.get(token);
    for (const file of [...(own?.files ?? []), ...(own?.before ?? [])]) this.#store.remove(file);
    this.#own.delete(token);
  }

  /** Publishes that this sweep wants one of these GPUs. An empty list takes that back. */
  wait(gpus: readonly string[]): void {
    const text = gpus.join('\n');
    if (text === this.#waiting) return;
    this.#waiting = text;
    const file = waitName(this.#liveness.hold());
    if (text === '') this.#store.remove(file);
    else this.#store.tryWrite(file, text);
  }

  /** Returns the other sweeps that wait for a GPU and have not ended. */
  waiting(): WaitFile[] {
    const waits = this.#store.names().flatMap((name) => readWait(this.#store.dir, name) ?? []);
    return waits.filter(({ file, owner }) => {
      if (owner === this.owner) return false;
      if (this.#liveness.judge(owner) !== 'ended') return true;
      this.#store.remove(file);
      return false;
    });
  }

  /** Returns whether a file of this owner is there. */
  refersTo(owner: string): boolean {
    return this.#store.names().some((name) => name.includes(`~${owner}`));
  }

  /** Writes files that somebody removed again, and keeps the others from looking old to a program that cleans /tmp. */
  refresh(): void {
    for (const { files, text } of this.#own.values())
      for (const file of files) this.#store.refresh(file, text);
  }

  #hasRoom(gpus: readonly string[], token: string, slotsPerDevice: number): boolean {
    for (let look = 0; look < LOOKS; look++) {
      if (look > 0) pause(LOOK_MS);
      const others = this.live().filter((lease) => lease.token !== token);
      const rooms = gpus.map((gpu) =>
        judge(
          others.filter((lease) => lease.gpu === gpu),
          token,
          slotsPerDevice,
        ),
      );
      if (rooms.every((room) => room === 'free')) return true;
      if (rooms.includes('full')) return false;
    }
    return false;
  }

  #sort(): { live: Lease[]; stale: LeaseFile[] } {
    const leases = this.#store.names().flatMap((name) => readLease(this.#store.dir, name) ?? []);
    const owners = [...new Set(leases.map(({ owner }) => owner))];
    const watching = new Set(owners.filter((owner) => this.#liveness.judge(owner) !== 'ended'));
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
    for (const file of own.files) this.#store.tryWrite(file, own.text);
  }
}

/** Returns whether these leases leave room. Of sweeps that try at the same moment the smallest token goes first. */
function judge(
  others: readonly LeaseFile[],
  token: string,
  slotsPerDevice: number,
): 'free' | 'full' | 'contested' {
  if (countAttempts(others) < slotsPerDevice) return 'free';
  const first = others.filter((lease) => lease.held || lease.token < token);
  return countAttempts(first) < slotsPerDevice ? 'contested' : 'full';
}

/** Returns whether an attempt whose orchestrator has ended runs or may run: none starts before its folder is noted. */
function mayRun({ token, note }: LeaseFile): boolean {
  const kind = note === null ? null : handleKind(note.handle);
  // It ended with its program.
  if (kind === 'function') return false;
  if (note !== null && kind === 'local') return isAttemptAlive(note.handle, token) !== 'ended';
  // What another executor runs on this machine carries the token too.
  return processesWithToken(token).length > 0;
}

/** Counts attempts and not files: an attempt that is being reattached has two for a moment. */
export function countAttempts(leases: readonly LeaseFile[]): number {
  return new Set(leases.map(({ token }) => token)).size;
}

/** Waits without running anything else of this process: an undecided claim should stay short. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

import { parseIdentity } from '../liveness/identity.js';
import type { LeaseHolder, LowMemoryGpu, RunnableAttempt, Slot } from './executor.js';
import { gpuKey, type Lease } from './local/leases/lease-file.js';
import { countAttempts, type Leases } from './local/leases/leases.js';

/** How a sweep shares its GPUs with the others of this machine. */
export type LeaseConfig = {
  readonly leases: Leases;
  /** slots_per_device: with so many leases, whoever has them, a GPU is full for this sweep. */
  readonly slotsPerDevice: number;
};

/** What is known of the memory of GPUs; free-memory.ts has the real one. */
export type Memory = {
  /** GPUs with too little memory free to start a trial, by `gpuKey`. */
  readonly busy: ReadonlyMap<string, LowMemoryGpu>;
  /** Looks again where the last look is old. Never rejects. */
  look(): Promise<void>;
};

const NONE_BUSY: ReadonlyMap<string, LowMemoryGpu> = new Map();

/** What of ours has just ended on a GPU, others may take for so long before we do, if they have no more than we have. */
const YIELD_MS = 1500;

/** Who holds which slot. A GPU slot is taken only together with its machine-wide leases; CPU slots have none. */
export class SlotPool {
  readonly #slots: readonly Slot[];
  readonly #sharing: LeaseConfig | null;
  readonly #memory: Memory | null;
  readonly #size: number;
  /** Slots that stay taken, since what runs in them cannot be ended. */
  readonly #withdrawn = new Set<Slot>();
  /** The token of the attempt in each slot. */
  readonly #taken = new Map<Slot, string>();
  /** When we last left a device, on a clock that only goes forward. */
  readonly #leftAtMs = new Map<string, number>();
  #awaited: readonly LeaseHolder[] | null = null;
  #busy: readonly LowMemoryGpu[] = [];

  /**
   * `size`: so many of the slots are used at once, whichever others leave free. `memory`: GPUs that it calls busy are
   * left out; absent, nobody asks.
   */
  constructor(
    slots: readonly Slot[],
    sharing: LeaseConfig | null = null,
    size = slots.length,
    memory: Memory | null = null,
  ) {
    this.#slots = slots;
    this.#sharing = sharing;
    this.#memory = memory;
    this.#size = size;
  }

  /** How many are used at once at most. */
  get size(): number {
    return Math.min(this.#size, this.#slots.filter((slot) => !this.#withdrawn.has(slot)).length);
  }

  /** How many can still be taken, were it not for other sweeps. */
  get free(): number {
    return (
      this.size - this.#slots.filter((slot) => this.#taken.has(slot) && !this.#withdrawn.has(slot)).length
    );
  }

  /** Who kept the last `acquire` from a slot that is free for us, if anybody did with a lease; null when it found one. */
  get blockedBy(): readonly LeaseHolder[] | null {
    return this.#awaited;
  }

  /** The GPUs that the last `acquire`, which found no slot, left out because they have too little memory free. */
  get lowMemoryGpus(): readonly LowMemoryGpu[] {
    return this.#busy;
  }

  /** Resolves when it is known well enough again what GPUs have free; at once where nobody asks. Never rejects. */
  async look(): Promise<void> {
    await this.#memory?.look();
  }

  /**
   * A free slot on the device with the fewest trials, the lowest id among equals; null when all are taken, by us or by
   * other sweeps of this machine.
   */
  acquire(token: string): Slot | null {
    const open = this.free > 0 ? this.#slots.filter((slot) => !this.#taken.has(slot)) : [];
    const busy = this.#memory?.busy ?? NONE_BUSY;
    // Whose memory it is does not matter: where our own trials leave too little, one more would find too little.
    const free = open.filter((slot) => !gpusOf(slot).some((gpu) => busy.has(gpu)));
    const live = this.#sharing !== null && free.length > 0 ? this.#sharing.leases.live() : [];
    const loads = new Map(free.map((slot) => [slot, this.#load(slot, live)]));
    const load = (slot: Slot) => loads.get(slot) ?? 0;
    const sorted = free.toSorted((a, b) => load(a) - load(b) || a.id - b.id);
    const full: Slot[] = [];
    const slot = sorted
      .filter((slot, at) => sorted.findIndex(({ device }) => device === slot.device) === at)
      .find((slot) => {
        const answer = this.#lease(slot, token, live);
        if (answer === 'full') full.push(slot);
        return answer === 'leased';
      });
    if (slot) this.#taken.set(slot, token);
    const blocked = slot === undefined && open.length > 0;
    const others = live.filter(({ owner }) => owner !== this.#sharing?.leases.owner);
    const left = new Set(blocked ? open.flatMap(gpusOf) : []);
    this.#busy = [...busy].flatMap(([gpu, each]) => (left.has(gpu) ? [each] : []));
    this.#awaited = blocked ? holders(free, others) : null;
    // Not for what we only leave to others: two would leave it to each other.
    this.#sharing?.leases.wait(blocked ? [...new Set(full.flatMap(gpusOf))] : []);
    return slot ?? null;
  }

  /** The place of an attempt that runs there already: a slot on its device, or one beyond the slots. */
  takeOver(device: string, token: string): Slot {
    const slot = this.#slots.find((slot) => slot.device === device && !this.#taken.has(slot));
    const place = slot ?? { id: -1, device, env: {} };
    this.#taken.set(place, token);
    this.#sharing?.leases.adopt(gpusOf(place), token);
    return place;
  }

  /** Tells other sweeps what is about to run in a slot. */
  assign(slot: Slot, { study, trial, dir }: Pick<RunnableAttempt, 'study' | 'trial' | 'dir'>): void {
    const token = this.#taken.get(slot);
    if (token !== undefined) this.#sharing?.leases.note(token, { study, trial, dir });
  }

  /** Gives a slot back; one that was not taken is let be. */
  release(slot: Slot): void {
    const token = this.#taken.get(slot);
    if (token === undefined) return;
    this.#taken.delete(slot);
    this.#sharing?.leases.release(token);
    this.#leftAtMs.set(slot.device, performance.now());
  }

  /** Keeps a slot, and its leases, from everybody: what runs in it cannot be ended. */
  withdraw(slot: Slot): void {
    if (this.#taken.has(slot)) this.#withdrawn.add(slot);
  }

  /** Nothing more will be acquired: others need not leave anything to us. */
  stopWaiting(): void {
    this.#awaited = null;
    this.#busy = [];
    this.#sharing?.leases.wait([]);
  }

  #load(slot: Slot, live: readonly Lease[]): number {
    const own = [...this.#taken.keys()].filter(({ device }) => device === slot.device).length;
    return Math.max(own, ...gpusOf(slot).map((gpu) => countAttempts(on(gpu, live))));
  }

  #lease(slot: Slot, token: string, live: readonly Lease[]): 'leased' | 'full' | 'left to others' {
    const gpus = gpusOf(slot);
    if (this.#sharing === null || gpus.length === 0) return 'leased';
    const { leases, slotsPerDevice: places } = this.#sharing;
    if (gpus.some((gpu) => countAttempts(on(gpu, live)) >= places)) return 'full';
    if (this.#yields(slot, leases, live)) return 'left to others';
    return leases.take(gpus, token, places) ? 'leased' : 'full';
  }

  /**
   * Whether others that wait come first. Without this a sweep of short trials would take its GPU back each time before
   * anyone else can look. It holds for a moment only: one who waits may be suspended, or need a second GPU.
   */
  #yields(slot: Slot, leases: Leases, live: readonly Lease[]): boolean {
    const leftAtMs = this.#leftAtMs.get(slot.device);
    if (leftAtMs === undefined || performance.now() - leftAtMs > YIELD_MS) return false;
    const attemptsOf = (owner: string) => countAttempts(live.filter((lease) => lease.owner === owner));
    const mine = attemptsOf(leases.owner);
    const gpus = gpusOf(slot);
    return leases
      .waiting()
      .some((other) => other.gpus.some((gpu) => gpus.includes(gpu)) && attemptsOf(other.owner) <= mine);
  }
}

/** What is leased is what CUDA gets: a GPU named by its index here and by its UUID elsewhere is the same. */
function gpusOf({ env }: Slot): string[] {
  return (env.CUDA_VISIBLE_DEVICES ?? '').split(',').filter(Boolean).map(gpuKey);
}

function on(gpu: string, leases: readonly Lease[]): Lease[] {
  return leases.filter((lease) => lease.gpu === gpu);
}

/** The names that people know the GPUs of these slots by, by `gpuKey`. */
export function gpuLabels(slots: readonly Slot[]): Map<string, string> {
  return new Map(
    slots.flatMap((slot) => {
      const names = slot.device.split(',');
      return gpusOf(slot).map((gpu, at) => [gpu, names[at] ?? gpu] as const);
    }),
  );
}

/** Who has leases on the GPUs of these slots; an attempt that was taken over has two, and the newer one tells. */
export function holders(slots: readonly Slot[], live: readonly Lease[]): LeaseHolder[] {
  const labels = gpuLabels(slots);
  const watched = new Set(live.filter((lease) => lease.watched).map(({ token }) => token));
  return live.flatMap((lease) => {
    const device = labels.get(lease.gpu);
    if (device === undefined || (!lease.watched && watched.has(lease.token))) return [];
    const { study = null, trial = null } = lease.note ?? {};
    return [{ device, pid: parseIdentity(lease.owner)?.pid ?? 0, watched: lease.watched, study, trial }];
  });
}

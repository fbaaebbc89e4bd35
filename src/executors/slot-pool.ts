import type { LeaseHolder, LowMemoryGpu, RunnableAttempt, Slot } from './executor.js';
import { gpusOf, holders } from './gpu-slots.js';
import type { Lease } from './local/leases/lease-file.js';
import { countAttempts, type Leases } from './local/leases/leases.js';

/** How a sweep shares its GPUs with the other sweeps of this machine. */
export type LeaseConfig = {
  readonly leases: Leases;
  /** slots_per_device: a GPU with this many leases, of whichever sweeps, is full for this sweep. */
  readonly slotsPerDevice: number;
};

/** What is known of the memory of GPUs; `free-memory.ts` implements it. */
export type Memory = {
  /** GPUs with too little memory free to start a trial, by `gpuKey`. */
  readonly busy: ReadonlyMap<string, LowMemoryGpu>;
  /** Looks again where the last look is old. Never rejects. */
  look(): Promise<void>;
};

export type PoolOptions = {
  /** Null: GPUs are used without regard to other sweeps. */
  readonly sharing: LeaseConfig | null;
  /** How many of the slots are used at once, whichever other sweeps leave free. */
  readonly size: number;
  /** How many are used at once without max_concurrent. */
  readonly unlimitedSize: number;
  /** GPUs that it calls busy are left out. Null: no memory is asked for. */
  readonly memory: Memory | null;
};

const NONE_BUSY: ReadonlyMap<string, LowMemoryGpu> = new Map();

/**
 * After one of our trials frees a GPU, waiting sweeps that hold no more GPUs than this one get the first pick for this
 * long.
 */
const YIELD_MS = 1500;

/** Keeps which slot is taken. A GPU slot is taken only together with its machine-wide leases; CPU slots have none. */
export class SlotPool {
  #slots: readonly Slot[];
  readonly #sharing: LeaseConfig | null;
  readonly #memory: Memory | null;
  #size: number;
  readonly #unlimitedSize: number;
  /** Slots that stay taken, since what runs in them cannot be ended. */
  readonly #withdrawn = new Set<Slot>();
  /** The token of the attempt in each slot. */
  readonly #taken = new Map<Slot, string>();
  /** When this sweep last left a device, on a clock that never jumps. */
  readonly #leftAtMs = new Map<string, number>();
  #blockedBy: readonly LeaseHolder[] | null = null;
  #lowMemory: readonly LowMemoryGpu[] = [];

  constructor(slots: readonly Slot[], options: Partial<PoolOptions> = {}) {
    this.#slots = slots;
    this.#sharing = options.sharing ?? null;
    this.#memory = options.memory ?? null;
    this.#size = options.size ?? slots.length;
    this.#unlimitedSize = options.unlimitedSize ?? slots.length;
  }

  /**
   * Uses so many slots at once from now on; null: as many as without a limit. GPUs are as many as there are; the CPU and a
   * queue hold as many slots as are wanted. What runs in a slot beyond a smaller size stays there.
   */
  resize(maxConcurrent: number | null): void {
    this.#size = maxConcurrent ?? this.#unlimitedSize;
    const [first] = this.#slots;
    if (first === undefined || gpusOf(first).length > 0) return;
    const missing = this.#size - this.#slots.filter((slot) => !this.#withdrawn.has(slot)).length;
    const more = Array.from({ length: Math.max(0, missing) }, (_, k) => ({
      ...first,
      id: this.#slots.length + k,
    }));
    this.#slots = [...this.#slots, ...more];
  }

  /** The largest number of slots that are used at once. */
  get size(): number {
    return Math.min(this.#size, this.#slots.filter((slot) => !this.#withdrawn.has(slot)).length);
  }

  /** How many slots this sweep can still take, other sweeps aside. */
  get free(): number {
    return (
      this.size - this.#slots.filter((slot) => this.#taken.has(slot) && !this.#withdrawn.has(slot)).length
    );
  }

  /** The lease holders that blocked the last `acquire`; null when it found a slot or had none free. */
  get blockedBy(): readonly LeaseHolder[] | null {
    return this.#blockedBy;
  }

  /** The GPUs that the last `acquire`, which found no slot, left out because they have too little memory free. */
  get lowMemoryGpus(): readonly LowMemoryGpu[] {
    return this.#lowMemory;
  }

  /** Resolves when the free memory of the GPUs is known well enough; at once where no memory is asked for. Never rejects. */
  async look(): Promise<void> {
    await this.#memory?.look();
  }

  /**
   * Takes a free slot on the device with the fewest trials, the lowest id among equals. Null when all are taken, by this or
   * by other sweeps of this machine.
   */
  acquire(token: string): Slot | null {
    const open = this.free > 0 ? this.#slots.filter((slot) => !this.#taken.has(slot)) : [];
    const busy = this.#memory?.busy ?? NONE_BUSY;
    // It does not matter who uses the memory: where this sweep's trials leave too little, one more finds too little.
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
    this.#lowMemory = [...busy].flatMap(([gpu, each]) => (left.has(gpu) ? [each] : []));
    this.#blockedBy = blocked ? holders(free, others) : null;
    // Only for full slots: two sweeps that wait for what each leaves to the other would wait for ever.
    this.#sharing?.leases.wait(blocked ? [...new Set(full.flatMap(gpusOf))] : []);
    return slot ?? null;
  }

  /** Returns the slot of an attempt that runs already: a slot on its device, or one beyond the slots. */
  reattach(device: string, token: string): Slot {
    const free = this.#slots.find((slot) => slot.device === device && !this.#taken.has(slot));
    const slot = free ?? { id: -1, device, env: {} };
    this.#taken.set(slot, token);
    this.#sharing?.leases.reattach(gpusOf(slot), token);
    return slot;
  }

  /** Publishes to other sweeps what is about to run in a slot. */
  assign(slot: Slot, { study, trial, handle }: Pick<RunnableAttempt, 'study' | 'trial' | 'handle'>): void {
    const token = this.#taken.get(slot);
    if (token !== undefined) this.#sharing?.leases.note(token, { study, trial, handle });
  }

  /** Gives a slot back. Does nothing for one that is not taken. */
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

  /** Nothing more will be acquired: other sweeps need not leave anything to this one. */
  stopWaiting(): void {
    this.#blockedBy = null;
    this.#lowMemory = [];
    this.#sharing?.leases.wait([]);
  }

  #load(slot: Slot, live: readonly Lease[]): number {
    const own = [...this.#taken.keys()].filter(({ device }) => device === slot.device).length;
    return Math.max(own, ...gpusOf(slot).map((gpu) => countAttempts(on(gpu, live))));
  }

  #lease(slot: Slot, token: string, live: readonly Lease[]): 'leased' | 'full' | 'left to others' {
    const gpus = gpusOf(slot);
    if (this.#sharing === null || gpus.length === 0) return 'leased';
    const { leases, slotsPerDevice } = this.#sharing;
    if (gpus.some((gpu) => countAttempts(on(gpu, live)) >= slotsPerDevice)) return 'full';
    if (this.#yields(slot, leases, live)) return 'left to others';
    return leases.take(gpus, token, slotsPerDevice) ? 'leased' : 'full';
  }

  /**
   * Returns whether waiting sweeps come first. Without this a sweep of short trials would take its GPU back each time
   * before anyone else can look. It lasts only a moment: a sweep that waits may be suspended, or need a second GPU.
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

function on(gpu: string, leases: readonly Lease[]): Lease[] {
  return leases.filter((lease) => lease.gpu === gpu);
}

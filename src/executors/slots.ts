import { usageError } from '../core/errors.js';
import { chooseDevices, type Device, type DeviceChoice, type GpuInfo } from './devices.js';
import type { Slot } from './executor.js';

export type SlotPlan = {
  readonly devices: DeviceChoice;
  /** Trials that share one GPU. Bookkeeping only: their memory is not kept apart. */
  readonly slotsPerDevice: number;
  readonly gpusPerTrial: number;
  /** No more slots than this; null: as many as there are. */
  readonly maxConcurrent: number | null;
  /** CUDA_VISIBLE_DEVICES of this process. */
  readonly inherited: string | undefined;
  readonly gpus: readonly GpuInfo[];
  /** CPU cores that hpo may use. */
  readonly cores: number;
};

/** On the CPU, where nobody says otherwise: trainers are threaded themselves. */
const MAX_DEFAULT_CPU_SLOTS = 4;

/**
 * The slots of a sweep, in the order in which empty devices are filled: one slot of every device, then the second of
 * every device, and so on.
 * @throws HpoError (usage) devices.too-few when fewer GPUs are there than one trial takes, and as `chooseDevices`.
 */
export function planSlots(plan: SlotPlan): Slot[] {
  const { gpusPerTrial, slotsPerDevice, maxConcurrent } = plan;
  const devices = chooseDevices(plan.devices, plan.gpus, plan.inherited);
  // With one GPU a trial a machine without any is served by its CPU; with more it is not what was asked for.
  if (devices.length < gpusPerTrial && (devices.length > 0 || gpusPerTrial > 1)) {
    throw usageError(
      'devices.too-few',
      `gpus_per_trial is ${gpusPerTrial}, but ${devices.length} GPUs can be used`,
      { fix: 'lower gpus_per_trial, or name more devices' },
    );
  }
  if (devices.length === 0) {
    const count = maxConcurrent ?? Math.min(plan.cores, MAX_DEFAULT_CPU_SLOTS);
    return Array.from({ length: Math.max(1, count) }, (_, id) => cpuSlot(id));
  }
  const groups: Device[][] = [];
  for (let at = 0; at + gpusPerTrial <= devices.length; at += gpusPerTrial) {
    groups.push(devices.slice(at, at + gpusPerTrial));
  }
  const places = Array.from({ length: slotsPerDevice }, () => groups).flat();
  return places.slice(0, maxConcurrent ?? places.length).map(gpuSlot);
}

function cpuSlot(id: number): Slot {
  return { id, device: 'cpu', env: { CUDA_VISIBLE_DEVICES: '' } };
}

function gpuSlot(devices: readonly Device[], id: number): Slot {
  return {
    id,
    device: devices.map((device) => device.label).join(','),
    // Without the bus order CUDA counts the fastest GPU first, and an index would name another one than nvidia-smi's.
    env: {
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
      CUDA_VISIBLE_DEVICES: devices.map((device) => device.id).join(','),
    },
  };
}

/** Who holds which slot. */
export class SlotPool {
  readonly #slots: readonly Slot[];
  readonly #taken = new Set<Slot>();

  constructor(slots: readonly Slot[]) {
    this.#slots = slots;
  }

  get size(): number {
    return this.#slots.length;
  }

  get free(): number {
    return this.#slots.length - this.#taken.size;
  }

  /** A free slot on the device with the fewest trials, the lowest id among equals; null when all are taken. */
  acquire(): Slot | null {
    const busy = new Map<string, number>();
    for (const slot of this.#taken) busy.set(slot.device, (busy.get(slot.device) ?? 0) + 1);
    const load = (slot: Slot) => busy.get(slot.device) ?? 0;
    const free = this.#slots.filter((slot) => !this.#taken.has(slot));
    return this.#take(free.toSorted((a, b) => load(a) - load(b) || a.id - b.id)[0]);
  }

  /** A free slot on this very device, for an attempt that runs there already; null when there is none. */
  acquireDevice(device: string): Slot | null {
    return this.#take(this.#slots.find((slot) => slot.device === device && !this.#taken.has(slot)));
  }

  /** Gives a slot back; one that was not taken is let be. */
  release(slot: Slot): void {
    this.#taken.delete(slot);
  }

  #take(slot: Slot | undefined): Slot | null {
    if (slot === undefined) return null;
    this.#taken.add(slot);
    return slot;
  }
}

import { usageError } from '../core/errors.js';
import { chooseDevices, type Device, type DeviceChoice, type GpuInfo } from './devices.js';
import type { Slot } from './executor.js';

export type SlotPlan = {
  readonly devices: DeviceChoice;
  /** Trials that share one GPU. Their memory is not separated. */
  readonly slotsPerDevice: number;
  readonly gpusPerTrial: number;
  /** The largest number of slots; null: as many as there are. */
  readonly maxConcurrent: number | null;
  /** CUDA_VISIBLE_DEVICES of this process. */
  readonly inherited: string | undefined;
  readonly gpus: readonly GpuInfo[];
  /** CPU cores that hpo may use. */
  readonly cores: number;
};

/** The default number of slots on the CPU: trainers have threads of their own. */
const MAX_DEFAULT_CPU_SLOTS = 4;

/**
 * Returns the slots of a sweep, in the order in which empty devices are filled: one slot of every device, then the second of
 * every device, and so on.
 * @throws HpoError (usage) devices.too-few when fewer GPUs are there than one trial takes, and as `chooseDevices`.
 */
export function planSlots(plan: SlotPlan): Slot[] {
  const { gpusPerTrial, slotsPerDevice, maxConcurrent } = plan;
  const devices = chooseDevices(plan.devices, plan.gpus, plan.inherited);
  // With one GPU per trial a machine without any uses its CPU. With more, the CPU is not what was asked for.
  if (devices.length < gpusPerTrial && (devices.length > 0 || gpusPerTrial > 1)) {
    throw usageError(
      'devices.too-few',
      `gpus_per_trial is ${gpusPerTrial}, but ${devices.length} GPUs can be used`,
      { fix: 'lower gpus_per_trial, or name more devices' },
    );
  }
  if (devices.length === 0) {
    const count = maxConcurrent ?? defaultCpuSlots(plan.cores);
    return Array.from({ length: Math.max(1, count) }, (_, id) => cpuSlot(id));
  }
  const groups: Device[][] = [];
  for (let at = 0; at + gpusPerTrial <= devices.length; at += gpusPerTrial) {
    groups.push(devices.slice(at, at + gpusPerTrial));
  }
  const places = Array.from({ length: slotsPerDevice }, () => groups).flat();
  return places.slice(0, maxConcurrent ?? places.length).map(gpuSlot);
}

/** How many trials run at once on the CPU without max_concurrent. */
export function defaultCpuSlots(cores: number): number {
  return Math.max(1, Math.min(cores, MAX_DEFAULT_CPU_SLOTS));
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

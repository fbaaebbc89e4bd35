import { availableParallelism } from 'node:os';
import { runsJobs } from '../../config/executor.js';
import { usageError } from '../../core/errors.js';
import { bytesWords } from '../../core/units.js';
import { findGpus, type GpuInfo } from '../../executors/devices.js';
import type { Slot } from '../../executors/executor.js';
import { defaultCpuSlots, planSlots } from '../../executors/slots.js';
import type { ResolvedSweep } from './load.js';

/** Where trials run, and how many threads a trainer gets on a CPU slot. */
export type SlotLayout = {
  /** The slots that are used at once. */
  readonly slots: readonly Slot[];
  /** All slots to choose from: with max_concurrent fewer are used at once, on whichever GPUs other sweeps leave free. */
  readonly candidates: readonly Slot[];
  readonly ompThreads: number;
  /** How many run at once without max_concurrent. */
  readonly unlimitedSize: number;
  /** Trials that share one GPU, including those of other sweeps. */
  readonly slotsPerDevice: number;
  /** Whether the slots are GPUs. */
  readonly gpus: boolean;
  /** All GPUs of this machine. */
  readonly infos: readonly GpuInfo[];
  /** Warnings about them. */
  readonly warnings: readonly string[];
};

/**
 * Returns the slots of this machine that the sweep may use. Writes nothing.
 * @throws HpoError (usage) as `planSlots`, and devices.too-small when no slot can ever have min_free_memory.
 */
export async function findSlots(run: ResolvedSweep['run']): Promise<SlotLayout> {
  if (runsJobs(run.executor.name)) return jobSlots(run.executor.name, run.maxConcurrent);
  const cores = availableParallelism();
  const gpus = run.devices === 'cpu' ? [] : await findGpus();
  const plan = {
    devices: run.devices,
    slotsPerDevice: run.slotsPerDevice ?? 1,
    gpusPerTrial: run.gpusPerTrial,
    maxConcurrent: run.maxConcurrent,
    inherited: process.env.CUDA_VISIBLE_DEVICES,
    gpus,
    cores,
  };
  const slots = planSlots(plan);
  const onGpus = slots.some(({ device }) => device !== 'cpu');
  const named = typeof run.devices !== 'string' && gpus.length === 0;
  const places = onGpus ? planSlots({ ...plan, maxConcurrent: null }) : slots;
  if (onGpus && run.minFreeMemoryBytes !== null) refuseTooSmall(places, gpus, run.minFreeMemoryBytes);
  return {
    slots,
    candidates: places,
    infos: gpus,
    unlimitedSize: onGpus ? places.length : defaultCpuSlots(cores),
    ompThreads: Math.max(1, Math.floor(cores / slots.length)),
    slotsPerDevice: run.slotsPerDevice ?? 1,
    gpus: onGpus,
    warnings: named ? ['nvidia-smi shows no GPU here; the devices are used as they were named'] : [],
  };
}

/** How many jobs are submitted at once without max_concurrent: enough to keep a small allocation busy, few for a sampler. */
const DEFAULT_JOBS = 8;

/** Places for jobs that something else puts on machines: only their number matters. */
function jobSlots(executor: string, maxConcurrent: number | null): SlotLayout {
  const slots = Array.from({ length: maxConcurrent ?? DEFAULT_JOBS }, (_, id) => ({
    id,
    device: executor,
    env: {},
  }));
  return {
    slots,
    candidates: slots,
    unlimitedSize: DEFAULT_JOBS,
    ompThreads: 1,
    slotsPerDevice: 1,
    gpus: false,
    infos: [],
    warnings: [],
  };
}

const MIB = 2 ** 20;

/** A sweep that waits for more memory than there is would wait forever. */
function refuseTooSmall(places: readonly Slot[], gpus: readonly GpuInfo[], minFreeBytes: number): void {
  const sizes = new Map(gpus.map((gpu) => [String(gpu.index), gpu.memoryTotalMiB]));
  const smallest = ({ device }: Slot) =>
    Math.min(...device.split(',').map((label) => sizes.get(label) ?? Number.POSITIVE_INFINITY));
  const largest = Math.max(...places.map(smallest));
  if (largest * MIB >= minFreeBytes) return;
  throw usageError(
    'devices.too-small',
    `min_free_memory is ${bytesWords(minFreeBytes)}, but no GPU has more than ${largest} MiB in all`,
    { fix: 'lower min_free_memory, or name other devices' },
  );
}

/** Returns `2 slots (cuda:0 cuda:1)`. */
export function slotsText({ slots, candidates }: SlotLayout): string {
  const devices = [...new Set(candidates.map((slot) => slot.device))].join(' ');
  return `${slots.length} slot${slots.length === 1 ? '' : 's'} (${devices})`;
}

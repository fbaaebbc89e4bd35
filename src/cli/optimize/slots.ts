import { availableParallelism } from 'node:os';
import { findGpus } from '../../executors/devices.js';
import type { Slot } from '../../executors/executor.js';
import { planSlots } from '../../executors/slots.js';
import type { Wanted } from './load.js';

/** Where trials run, and how many threads a trainer gets on a CPU slot. */
export type Places = {
  /** As many as run at once. */
  readonly slots: readonly Slot[];
  /** Where they may be: with max_concurrent fewer run at once, but on whichever GPUs other sweeps leave free. */
  readonly places: readonly Slot[];
  readonly ompThreads: number;
  /** Trials that share one GPU, those of other sweeps counted. */
  readonly slotsPerDevice: number;
  /** Whether the slots are GPUs. */
  readonly gpus: boolean;
  /** What people should know about them. */
  readonly warnings: readonly string[];
};

/**
 * The slots of this machine that the sweep may use. Writes nothing.
 * @throws HpoError (usage) as `planSlots`.
 */
export async function findSlots(run: Wanted['run']): Promise<Places> {
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
  return {
    slots,
    places: onGpus ? planSlots({ ...plan, maxConcurrent: null }) : slots,
    ompThreads: Math.max(1, Math.floor(cores / slots.length)),
    slotsPerDevice: run.slotsPerDevice ?? 1,
    gpus: onGpus,
    warnings: named ? ['nvidia-smi shows no GPU here; the devices are taken as they were named'] : [],
  };
}

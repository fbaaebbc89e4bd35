import { numberOrNull } from '../../ask-nvidia-smi.js';
import type { NvidiaSmi } from './nvidia-smi.js';

/** The state of a GPU at one moment. Null where the driver does not report it (`[N/A]`). */
export type GpuReading = {
  /** In nvidia-smi's order. */
  readonly index: number;
  readonly uuid: string;
  /** Use by all processes, averaged over at most the last second. */
  readonly utilizationPercent: number | null;
  readonly memoryUsedMiB: number | null;
  readonly memoryFreeMiB: number | null;
  readonly memoryTotalMiB: number | null;
};

/** A process that computes on a GPU. */
export type GpuProcess = { readonly uuid: string; readonly pid: number; readonly memoryMiB: number | null };

const GPUS = '--query-gpu=index,uuid,utilization.gpu,memory.used,memory.free,memory.total';
const PROCESSES = '--query-compute-apps=gpu_uuid,pid,used_memory';

/** Returns the GPUs of this machine as they are now; null when nvidia-smi shows none. */
export async function readGpus(smi: NvidiaSmi): Promise<readonly GpuReading[] | null> {
  const readings = (await smi.query(GPUS))?.flatMap(toReading) ?? [];
  return readings.length > 0 ? readings : null;
}

/** Returns the processes on the GPUs of this machine; null when nvidia-smi does not answer. */
export async function readProcesses(smi: NvidiaSmi): Promise<readonly GpuProcess[] | null> {
  return (await smi.query(PROCESSES))?.flatMap(toProcess) ?? null;
}

/** Skips a line that is not as expected (a driver's warning). */
function toReading(fields: readonly string[]): GpuReading[] {
  const [index, uuid, utilization, used, free, total] = fields;
  if (fields.length !== 6 || index === undefined || !/^\d+$/.test(index)) return [];
  if (uuid === undefined || !uuid.startsWith('GPU-')) return [];
  const [memoryUsedMiB, memoryTotalMiB] = [numberOrNull(used), numberOrNull(total)];
  return [
    {
      index: Number(index),
      uuid,
      utilizationPercent: numberOrNull(utilization),
      memoryUsedMiB,
      memoryFreeMiB: numberOrNull(free) ?? difference(memoryTotalMiB, memoryUsedMiB),
      memoryTotalMiB,
    },
  ];
}

function difference(total: number | null, used: number | null): number | null {
  return total === null || used === null ? null : total - used;
}

function toProcess(fields: readonly string[]): GpuProcess[] {
  const [uuid = '', pid = '', memory] = fields;
  if (fields.length !== 3 || !/^\d+$/.test(pid)) return [];
  return [{ uuid, pid: Number(pid), memoryMiB: numberOrNull(memory) }];
}

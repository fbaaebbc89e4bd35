import { usageError } from '../../core/errors.js';
import { measuredMetrics, type RunMetric } from '../../core/run-metrics.js';
import type { StudySpec } from '../../core/spec.js';
import type { Executor, LowMemoryGpu } from '../../executors/executor.js';
import { gpuLabels } from '../../executors/gpu-slots.js';
import { FreeMemory, GpuUsageMonitor } from '../../executors/gpu-watch.js';
import type { Emit } from '../../study/events.js';
import { hpoCommand } from '../invocation.js';
import { heldByOthers } from './leases.js';
import type { ResolvedSweep } from './load.js';
import type { SlotLayout } from './slots.js';

type Run = Pick<ResolvedSweep['run'], 'devices' | 'minFreeMemoryBytes'>;

/** A GPU with more of its memory used than this, and no trial of hpo on it, has another user. A desktop needs less. */
const USED_SHARE = 0.1;

/** What a sweep watches of its GPUs. Call `close` when the sweep is over. Without GPUs nothing is watched. */
export type GpuParts = {
  /** Null where no free memory is required. */
  readonly memory: FreeMemory | null;
  /** The executor whose attempts on GPUs are watched. */
  readonly watched: (executor: Executor) => Executor;
  readonly close: () => void;
};

export type ExcludedGpus = { readonly busy: readonly LowMemoryGpu[]; readonly warnings: readonly string[] };

export function makeGpuParts(
  { candidates: places, gpus }: SlotLayout,
  { minFreeMemoryBytes }: Run,
  emit: Emit,
): GpuParts {
  if (!gpus) return { memory: null, watched: (executor) => executor, close: () => {} };
  const warn = (message: string) => emit({ type: 'warning', trial: null, message });
  const memory =
    minFreeMemoryBytes === null
      ? null
      : new FreeMemory({
          minFreeBytes: minFreeMemoryBytes,
          labels: gpuLabels(places),
          onUnknown: (labels) => warn(unknownText(labels)),
        });
  const watch = new GpuUsageMonitor({
    onTrouble: () => warn('nvidia-smi does not answer; what trials use of GPUs is not recorded meanwhile'),
  });
  return {
    memory,
    watched: (executor) => watch.wrapExecutor(executor),
    close: () => {
      watch.close();
      memory?.close();
    },
  };
}

const GPU_MEMORY: RunMetric = 'hpo.gpu_memory_mb';

/**
 * Without GPUs that are watched, no trial would have a value of this objective or limit, so that each would fail at its end.
 * @throws HpoError devices.no-gpu-memory (usage).
 */
export function checkGpuMemory(spec: GpuMemoryUse, { gpus, infos }: SlotLayout): void {
  if (!measuredMetrics({ ...spec, metrics: null }).includes(GPU_MEMORY)) return;
  if (gpus && infos.length > 0) return;
  throw usageError(
    'devices.no-gpu-memory',
    `expected GPUs that nvidia-smi shows, since ${GPU_MEMORY} is an objective or a limit; got ${gpus ? 'none that it shows' : 'trials on the CPU'}`,
    { fix: `${hpoCommand()} doctor shows which GPUs there are; devices says which ones a sweep uses` },
  );
}

type GpuMemoryUse = Pick<StudySpec, 'objectives' | 'metricConstraints'>;

/** Returns which GPUs a sweep would leave out now, and warnings about them. Writes nothing. */
export async function excludedGpus(places: SlotLayout, run: Run): Promise<ExcludedGpus> {
  const warnings = await usedElsewhere(places, run);
  const warn = (message: string) => void warnings.push(message);
  const parts = makeGpuParts(places, run, (event) => event.type === 'warning' && warn(event.message));
  await parts.memory?.look();
  parts.close();
  return { busy: [...(parts.memory?.busy.values() ?? [])], warnings };
}

function unknownText(labels: readonly string[]): string {
  const which = `GPU${labels.length > 1 ? 's' : ''} ${labels.join(', ')}`;
  return `nvidia-smi does not report the free memory of ${which}: min_free_memory has no effect there`;
}

/**
 * Returns a warning about GPUs that `auto` takes although another program evidently uses them. With min_free_memory, or with
 * named devices, the user has decided about it.
 */
export async function usedElsewhere(
  places: SlotLayout,
  { devices, minFreeMemoryBytes }: Run,
): Promise<string[]> {
  if (!places.gpus || devices !== 'auto' || minFreeMemoryBytes !== null) return [];
  const leased = new Set((await heldByOthers(places)).map(({ device }) => device));
  const labels = new Set(gpuLabels(places.candidates).values());
  const used = places.infos.filter(({ index, memoryUsedMiB, memoryTotalMiB }) => {
    if (!labels.has(String(index)) || leased.has(String(index))) return false;
    return memoryUsedMiB !== null && memoryTotalMiB !== null && memoryUsedMiB > USED_SHARE * memoryTotalMiB;
  });
  if (used.length === 0) return [];
  const list = used.map(
    ({ index, memoryUsedMiB, memoryTotalMiB }) => `GPU ${index} (${memoryUsedMiB} of ${memoryTotalMiB} MiB)`,
  );
  return [
    `other programs use memory of ${list.join(', ')}; min_free_memory leaves out GPUs that have too little left`,
  ];
}

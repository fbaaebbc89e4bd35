import type { LowMemoryGpu } from '../../executor.js';
import { gpuKey } from '../leases/lease-file.js';
import { NvidiaSmi } from './nvidia-smi.js';
import { type GpuReading, readGpus } from './readings.js';

/** The shortest time between looks: a call of nvidia-smi takes 20 to 200 ms, and longer on a busy machine. */
const LOOK_MS = 5000;
/** How long the last reading is used while nvidia-smi fails. After that nothing is known. */
const KEEP_MS = 60_000;

const MIB = 2 ** 20;

/**
 * Returns the GPUs with less free memory than required, by their `gpuKey`. It does not matter who uses it. Unknown memory counts as
 * free: a driver that does not report it must not end a sweep.
 */
export function busyGpus(
  readings: readonly GpuReading[],
  minFreeBytes: number,
): ReadonlyMap<string, LowMemoryGpu> {
  return new Map(
    readings.flatMap(({ index, uuid, memoryFreeMiB, memoryUsedMiB, memoryTotalMiB }) => {
      if (memoryFreeMiB === null || memoryFreeMiB * MIB >= minFreeBytes) return [];
      const busy = {
        device: String(index),
        freeMiB: memoryFreeMiB,
        usedMiB: memoryUsedMiB,
        totalMiB: memoryTotalMiB,
      };
      return [[gpuKey(uuid), busy]];
    }),
  );
}

export type FreeMemoryOptions = {
  /** How much a GPU must have free before a trial starts on it. */
  readonly minFreeBytes: number;
  /** The GPUs of the sweep: by `gpuKey`, the names by which people know them. */
  readonly labels: ReadonlyMap<string, string>;
  /** Receives, once for each GPU, that its free memory is unknown. */
  readonly onUnknown: (labels: readonly string[]) => void;
  readonly smi?: NvidiaSmi;
  /** Milliseconds on a clock that only goes forward. */
  readonly now?: () => number;
};

/** Keeps which GPUs of a sweep have too little memory free, by the last look. */
export class FreeMemory {
  readonly #o: FreeMemoryOptions;
  readonly #smi: NvidiaSmi;
  readonly #now: () => number;
  readonly #reported = new Set<string>();
  #busy: ReadonlyMap<string, LowMemoryGpu> = new Map();
  #looking: Promise<void> | null = null;
  /** Whether nvidia-smi answered the last time. */
  #answers = true;
  #nextLookAtMs = Number.NEGATIVE_INFINITY;
  #seenAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: FreeMemoryOptions) {
    this.#o = options;
    this.#smi = options.smi ?? new NvidiaSmi();
    this.#now = options.now ?? (() => performance.now());
  }

  /** By `gpuKey`. */
  get busy(): ReadonlyMap<string, LowMemoryGpu> {
    return this.#busy;
  }

  /**
   * Looks again where the last look is some seconds old. Does not wait for an nvidia-smi that did not answer the last time:
   * it may hang for long, again and again. Never rejects.
   */
  async look(): Promise<void> {
    if (this.#looking === null && this.#now() >= this.#nextLookAtMs) {
      this.#looking = this.#lookNow().finally(() => {
        this.#looking = null;
      });
    }
    if (this.#answers) await this.#looking;
  }

  async #lookNow(): Promise<void> {
    const readings = await readGpus(this.#smi);
    this.#nextLookAtMs = this.#now() + LOOK_MS;
    this.#answers = readings !== null;
    if (readings !== null) this.#seenAtMs = this.#now();
    else if (this.#now() - this.#seenAtMs < KEEP_MS) return;
    const busy = busyGpus(readings ?? [], this.#o.minFreeBytes);
    this.#busy = new Map([...busy].filter(([key]) => this.#o.labels.has(key)));
    this.#reportUnknown(readings ?? []);
  }

  close(): void {
    this.#smi.close();
  }

  #reportUnknown(readings: readonly GpuReading[]): void {
    const known = new Set(
      readings.flatMap(({ uuid, memoryFreeMiB }) => (memoryFreeMiB === null ? [] : [gpuKey(uuid)])),
    );
    const unknown = [...this.#o.labels].filter(([key]) => !known.has(key) && !this.#reported.has(key));
    if (unknown.length === 0) return;
    for (const [key] of unknown) this.#reported.add(key);
    this.#o.onUnknown(unknown.map(([, label]) => label));
  }
}

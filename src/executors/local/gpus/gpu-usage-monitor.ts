import type { GpuSample } from '../../../core/gpu-use.js';
import type { Executor, RunHooks, RunnableAttempt } from '../../executor.js';
import { tokenOf } from '../process-tree.js';
import { NvidiaSmi } from './nvidia-smi.js';
import { readGpus, readProcesses } from './readings.js';
import { sampleOf } from './sample.js';

/** One look at all GPUs for all trials together. */
const INTERVAL_MS = 5000;
/** The first look after a time without trials comes sooner, so that short ones are seen too. */
const FIRST_MS = 1000;
/** So many looks in a row that fail are told. */
const FAILURES_TOLD = 3;

type Watched = Pick<RunnableAttempt, 'token' | 'slot'>;

export type GpuUsageMonitorOptions = {
  /** Hears once that nvidia-smi does not tell. */
  readonly onTrouble: () => void;
  readonly smi?: NvidiaSmi;
  readonly intervalMs?: number;
  readonly firstMs?: number;
};

/**
 * Looks now and then at what running trials use of their GPUs. It looks only while trials run on GPUs, never keeps the
 * process alive, and nothing waits for it: where nvidia-smi fails or hangs, samples are missing and nothing else.
 */
export class GpuUsageMonitor {
  readonly #o: GpuUsageMonitorOptions;
  readonly #smi: NvidiaSmi;
  readonly #watched = new Map<Watched, (sample: GpuSample) => void>();
  #timer: NodeJS.Timeout | null = null;
  #looking = false;
  #failures = 0;

  constructor(options: GpuUsageMonitorOptions) {
    this.#o = options;
    this.#smi = options.smi ?? new NvidiaSmi();
  }

  /** The same executor, whose attempts on GPUs are watched; `hooks.use` hears of each look. */
  wrapExecutor(executor: Executor): Executor {
    const watching = async <T>(
      attempt: RunnableAttempt,
      hooks: RunHooks,
      run: () => Promise<T>,
    ): Promise<T> => {
      if (attempt.slot.device === 'cpu') return run();
      this.#watched.set(attempt, (sample) => hooks.gpuSample(sample));
      this.#schedule(this.#o.firstMs ?? FIRST_MS);
      try {
        return await run();
      } finally {
        this.#watched.delete(attempt);
        if (this.#watched.size === 0) this.#stop();
      }
    };
    return {
      allocate: (trial, attempt) => executor.allocate(trial, attempt),
      run: (attempt, hooks) => watching(attempt, hooks, () => executor.run(attempt, hooks)),
      reattach: (attempt, hooks) => watching(attempt, hooks, () => executor.reattach(attempt, hooks)),
      canReattach: (dir) => executor.canReattach(dir),
      cleanup: (attempt) => executor.cleanup(attempt),
      checkpoints: executor.checkpoints,
    };
  }

  close(): void {
    this.#watched.clear();
    this.#stop();
    this.#smi.close();
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(afterMs: number): void {
    if (this.#timer !== null || this.#looking || this.#watched.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#looking = true;
      void this.#look().finally(() => {
        this.#looking = false;
        this.#schedule(this.#o.intervalMs ?? INTERVAL_MS);
      });
    }, afterMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const readings = await readGpus(this.#smi);
    const processes = readings === null ? null : await readProcesses(this.#smi);
    // Without the processes a card still tells how busy it is.
    this.#count(readings !== null);
    const known = (processes ?? []).map((each) => ({ ...each, token: tokenOf(each.pid) }));
    const attempts = [...this.#watched.keys()].map(toPlace);
    for (const [attempt, use] of this.#watched) {
      const sample = sampleOf(toPlace(attempt), attempts, readings ?? [], known);
      if (sample !== null) use(sample);
    }
  }

  #count(answered: boolean): void {
    this.#failures = answered ? 0 : this.#failures + 1;
    if (this.#failures === FAILURES_TOLD) this.#o.onTrouble();
  }
}

function toPlace({ token, slot }: Watched) {
  return { token, devices: slot.device.split(',') };
}

import type { GpuSample } from '../../../core/gpu-use.js';
import type { Executor, RunHooks, RunnableAttempt } from '../../executor.js';
import { wrapExecutor } from '../../wrap.js';
import { tokenOf } from '../process-tree.js';
import { NvidiaSmi } from './nvidia-smi.js';
import { readGpus, readProcesses } from './readings.js';
import { sampleOf } from './sample.js';

/** How often all GPUs are looked at, for all trials together. */
const INTERVAL_MS = 5000;
/** The first look after a time without trials comes sooner, so that short trials are seen too. */
const FIRST_MS = 1000;
/** How many looks in a row must fail before people should know. */
const FAILURES_REPORTED = 3;

type Watched = Pick<RunnableAttempt, 'token' | 'slot'>;

export type GpuUsageMonitorOptions = {
  /** Called when nvidia-smi has failed several times in a row. */
  readonly onTrouble: () => void;
  readonly smi?: NvidiaSmi;
  readonly intervalMs?: number;
  readonly firstMs?: number;
};

/**
 * Samples what running trials use of their GPUs. It looks only while trials run on GPUs, never keeps the process alive, and
 * nothing waits for it: where nvidia-smi fails or hangs, samples are missing and nothing else.
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

  /** Returns an executor whose attempts on GPUs are watched: `hooks.gpuSample` receives what each look shows. */
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
    return wrapExecutor(executor, {
      run: (attempt, hooks) => watching(attempt, hooks, () => executor.run(attempt, hooks)),
      reattach: (attempt, hooks) => watching(attempt, hooks, () => executor.reattach(attempt, hooks)),
    });
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
    // Without its processes a GPU still shows how busy it is.
    this.#count(readings !== null);
    const known = (processes ?? []).map((each) => ({ ...each, token: tokenOf(each.pid) }));
    const attempts = [...this.#watched.keys()].map(toUser);
    for (const [attempt, use] of this.#watched) {
      const sample = sampleOf(toUser(attempt), attempts, readings ?? [], known);
      if (sample !== null) use(sample);
    }
  }

  #count(answered: boolean): void {
    this.#failures = answered ? 0 : this.#failures + 1;
    if (this.#failures === FAILURES_REPORTED) this.#o.onTrouble();
  }
}

function toUser({ token, slot }: Watched) {
  return { token, devices: slot.device.split(',') };
}

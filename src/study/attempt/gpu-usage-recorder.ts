import type { GpuSample } from '../../core/gpu-use.js';
import type { AttemptRecord, Storage, TrialRecord } from '../../storage/storage.js';
import type { Emit } from '../events.js';
import { isDatabaseLost } from '../sweep/disk-space-guard.js';

/**
 * Stores what an attempt uses of its GPUs. It is bookkeeping: where it cannot be stored the trial goes on, and what else
 * is to be stored tells of the trouble.
 */
export class GpuUsageRecorder {
  readonly #storage: Storage;
  readonly #trial: Pick<TrialRecord, 'id' | 'number'>;
  readonly #attempt: Pick<AttemptRecord, 'id'>;
  readonly #emit: Emit;
  #noting: Promise<void> | null = null;

  constructor(
    storage: Storage,
    trial: Pick<TrialRecord, 'id' | 'number'>,
    attempt: Pick<AttemptRecord, 'id'>,
    emit: Emit,
  ) {
    this.#storage = storage;
    this.#trial = trial;
    this.#attempt = attempt;
    this.#emit = emit;
  }

  /** A sample that comes while another one waits for storage (a full disk) is dropped. */
  note(sample: GpuSample): void {
    this.#noting ??= this.#store(sample).finally(() => {
      this.#noting = null;
    });
  }

  /** Resolves when what was noted is stored. Never rejects. */
  async settled(): Promise<void> {
    await this.#noting;
  }

  async #store(sample: GpuSample): Promise<void> {
    const { id, number } = this.#trial;
    try {
      if (await this.#storage.recordGpuUsage(id, this.#attempt.id, sample))
        this.#emit({ type: 'gpu-used', trial: number, sample });
    } catch (error) {
      if (isDatabaseLost(error)) return;
      this.#emit({ type: 'warning', trial: number, message: `its use of GPUs was not stored: ${error}` });
    }
  }
}

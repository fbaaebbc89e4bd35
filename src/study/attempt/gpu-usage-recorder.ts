import type { GpuSample } from '../../core/gpu-use.js';
import type { AttemptRecord, AttemptStore, TrialRecord } from '../../storage/storage.js';
import type { Emit } from '../events.js';
import { isDatabaseLost } from '../sweep/disk-space-guard.js';

type Recording = {
  readonly storage: AttemptStore;
  readonly trial: Pick<TrialRecord, 'id' | 'number'>;
  readonly attempt: Pick<AttemptRecord, 'id'>;
  readonly emit: Emit;
};

/**
 * Stores what an attempt uses of its GPUs. This is bookkeeping: when a sample cannot be stored the trial continues, and
 * other writes report the problem.
 */
export class GpuUsageRecorder {
  readonly #o: Recording;
  #storing: Promise<void> | null = null;

  constructor(recording: Recording) {
    this.#o = recording;
  }

  /** Drops the sample while another one waits for storage (a full disk). */
  note(sample: GpuSample): void {
    this.#storing ??= this.#store(sample).finally(() => {
      this.#storing = null;
    });
  }

  /** Resolves when what was noted is stored. Never rejects. */
  async settled(): Promise<void> {
    await this.#storing;
  }

  async #store(sample: GpuSample): Promise<void> {
    const { storage, trial, attempt, emit } = this.#o;
    try {
      if (await storage.recordGpuUsage(trial.id, attempt.id, sample))
        emit({ type: 'gpu-used', trial: trial.number, sample });
    } catch (error) {
      if (isDatabaseLost(error)) return;
      const message = `its use of GPUs was not stored: ${error}`;
      emit({ type: 'warning', trial: trial.number, message });
    }
  }
}

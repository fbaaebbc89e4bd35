import type { AttemptRef } from '../../src/executors/executor.js';
import { readTrialRow } from '../../src/storage/trial-row.js';
import type { Study } from '../../src/study/study.js';
import { ScriptedExecutor } from './harness.js';

/** An executor whose trials have checkpoints: the epoch that a trainer saved, by the number of its trial. */
export class Checkpointing extends ScriptedExecutor {
  readonly saved = new Map<number, number>();
  /** The epoch of each copy, by its name. */
  readonly copies = new Map<string, number>();
  readonly discarded: string[] = [];
  study: Study | null = null;
  override readonly checkpoints = {
    kept: 0,
    trials: async () => [],
    exist: async ({ trial }: AttemptRef) => this.saved.has(trial),
    look: async ({ trial }: AttemptRef) => ({
      stamp: String(this.saved.get(trial) ?? ''),
      isOpen: () => false,
    }),
    hold: async () => ({ release: () => {} }),
    copy: async ({ trial }: AttemptRef, name: string) => {
      this.copies.set(name, this.saved.get(trial) ?? 0);
      return true;
    },
    discard: async ({ trial }: AttemptRef) => {
      const row = this.study && (await readTrialRow(this.study.storage, this.study.id, trial));
      this.discarded.push(`${trial} ${row?.state}`);
      this.saved.delete(trial);
    },
  };
}

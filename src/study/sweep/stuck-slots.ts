import { HpoError } from '../../core/errors.js';
import type { Slot } from '../../executors/executor.js';
import type { Emit } from '../events.js';
import type { Slots } from './sweep-options.js';

type Left = {
  readonly slot: Slot;
  readonly trial: number;
  readonly stuck: readonly number[];
  /** Whether the attempt's end was stored. */
  readonly isSettled: boolean;
};

/**
 * Releases a slot, or withdraws it when processes of its last trial are stuck. A slot is also withdrawn when the attempt's end
 * could not be stored: the trainer may still run, and its lease depends on that. Returns the error that ends the sweep when
 * no slot is left; else null.
 */
export function leaveSlot(
  slots: Slots,
  { slot, trial, stuck, isSettled }: Left,
  emit: Emit,
): HpoError | null {
  if (!isSettled) {
    slots.withdraw(slot);
    return null;
  }
  if (stuck.length === 0) {
    slots.release(slot);
    return null;
  }
  slots.withdraw(slot);
  const message = `process ${stuck.join(', ')} is stuck in the kernel: its slot on ${slot.device} is not used any more`;
  emit({ type: 'warning', trial, message });
  if (slots.size > 0) return null;
  return new HpoError(
    'sweep.no-slot-left',
    'expected a slot for trials, but each slot holds a process that is stuck in the kernel and ignores every signal',
    {
      fix: 'free what the processes wait for (a disk, a driver, a frozen cgroup) or restart the machine, then run hpo again',
    },
  );
}

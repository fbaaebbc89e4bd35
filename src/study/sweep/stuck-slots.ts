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
 * Gives a slot back, or withdraws it where processes of its last trial are stuck. An attempt whose end could not be stored
 * keeps its slot too: its trainer may run on, and its lease is judged by that. Returns the error that ends the sweep when
 * no slot is left, else null.
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
    'expected a slot to run trials in, but in each of them a process is stuck in the kernel that no signal ends',
    {
      fix: 'free what it waits for (a disk, a driver, a frozen cgroup) or restart the machine, then run hpo again',
    },
  );
}

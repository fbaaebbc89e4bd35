import type { Slots } from '../study/sweep/sweep-options.js';

/** Returns slots that are looked for, given out and taken back as `changes` say, and are otherwise the wrapped ones. */
export function wrapSlots(
  slots: Slots,
  changes: Pick<Slots, 'look' | 'acquire' | 'assign' | 'release'>,
): Slots {
  return {
    ...changes,
    get blockedBy() {
      return slots.blockedBy;
    },
    get lowMemoryGpus() {
      return slots.lowMemoryGpus;
    },
    get size() {
      return slots.size;
    },
    reattach: (device, token) => slots.reattach(device, token),
    withdraw: (slot) => slots.withdraw(slot),
    resize: (maxConcurrent) => slots.resize(maxConcurrent),
    stopWaiting: () => slots.stopWaiting(),
  };
}

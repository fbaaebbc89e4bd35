import { isForSamePlace, type SavedState, type SavedStates } from './saved-state.js';

/** By storage, study and trial: another study object over the same storage continues its paused trials. */
const kept = new WeakMap<object, Map<number, Map<number, SavedState>>>();

/** Returns the checkpoints of a study that lives as long as its storage does. */
export function checkpointsInMemory(storage: object, studyId: number): SavedStates {
  const studies = kept.get(storage) ?? new Map<number, Map<number, SavedState>>();
  kept.set(storage, studies);
  const trials = studies.get(studyId) ?? new Map<number, SavedState>();
  studies.set(studyId, trials);
  const copies = new Map<string, SavedState>();
  return {
    read: async (trial) => trials.get(trial) ?? null,
    write: async (trial, state) => void trials.set(trial, state),
    kept: 0,
    trials: async () => [...trials.keys()],
    exist: async ({ trial }) => trials.has(trial),
    // `RunHooks.saved` reports each complete checkpoint instead.
    look: async () => ({ stamp: '', isOpen: () => false }),
    hold: async () => ({ release: () => {} }),
    copy: async ({ trial }, name) => {
      const state = trials.get(trial);
      if (state) copies.set(name, state);
      return true;
    },
    begin: async (trial, name) => {
      const state = copies.get(name);
      if (state) trials.set(trial, state);
      for (const other of [...copies.keys()]) if (isForSamePlace(other, name)) copies.delete(other);
    },
    discard: async ({ trial }) => void trials.delete(trial),
  };
}

import { signal } from '@preact/signals';
import type { StudyStore } from '../store/study-store.js';

/** The trial that the tip names, and where the pointer is in the window. */
export type Tip = {
  readonly store: StudyStore;
  readonly trial: number;
  readonly x: number;
  readonly y: number;
};

export const tip = signal<Tip | null>(null);

/** Shows what a trial is beside the pointer; -1 shows nothing. */
export function showTip(store: StudyStore, trial: number, client: { x: number; y: number } | null): void {
  tip.value = trial < 0 || !client ? null : { store, trial, x: client.x, y: client.y };
}

import { signal } from '@preact/signals';
import type { Filters } from './filters.js';
import type { StudyStore } from './study-store.js';

/** With more trials, a selection that moves is drawn only where it can be seen. */
const LARGE = 500;
/** After so long without another change, and so many times as long as the last one took, a selection rests. */
const REST_MS = 150;
const REST_TIMES = 3;

/** Whether the selection of a large study moves: plots that nobody sees wait until it rests. */
export const isMoving = signal(false);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Selects, draws everything again, and records how long that took as `hpo:brush`. */
export function brush(store: StudyStore, filters: Filters): void {
  const start = performance.now();
  clearTimeout(timer);
  isMoving.value = store.columns.total > LARGE;
  store.filters.value = filters;
  // Plots have been drawn by now. Components render in a task of their own, right after this one.
  setTimeout(() => {
    const end = performance.now();
    performance.measure('hpo:brush', { start, end });
    clearTimeout(timer);
    timer = setTimeout(rest, REST_MS + REST_TIMES * (end - start));
  }, 0);
}

/** Lets plots that were not seen draw too. */
function rest(): void {
  isMoving.value = false;
}

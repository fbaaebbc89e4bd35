import type { Filters } from './filters.js';
import type { StudyStore } from './study-store.js';

/** Selects, draws everything again, and records how long that took as `hpo:brush`. */
export function brush(store: StudyStore, filters: Filters): void {
  const start = performance.now();
  store.filters.value = filters;
  // Plots have been drawn by now. Components render in a task of their own, right after this one.
  setTimeout(() => performance.measure('hpo:brush', { start, end: performance.now() }), 0);
}

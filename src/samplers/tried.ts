import type { StudyView } from '../core/study-view.js';

const sets = new WeakMap<StudyView, ReadonlySet<string>>();

/** Returns the keys (`paramsKey`) of all configurations of a view, in any state. */
export function triedKeys(view: StudyView): ReadonlySet<string> {
  let held = sets.get(view);
  if (!held) {
    held = new Set(view.configs.map((config) => config.key));
    sets.set(view, held);
  }
  return held;
}

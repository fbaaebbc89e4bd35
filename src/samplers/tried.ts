import type { StudyView } from '../core/study-view.js';

const sets = new WeakMap<StudyView, ReadonlySet<string>>();

/** The keys (`givenKey`) of all configurations of a view, in whatever state. */
export function triedKeys(view: StudyView): ReadonlySet<string> {
  let held = sets.get(view);
  if (!held) {
    held = new Set(view.configs.map((config) => config.key));
    sets.set(view, held);
  }
  return held;
}

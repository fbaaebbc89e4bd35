import type { ConfigView, StudyView } from '../core/study-view.js';

/** The keys (`paramsKey`) of all configurations of a view, in any state. */
export type TriedKeys = { has(key: string): boolean };

/** The keys in the order of their configurations, with the place of each. */
type Places = { readonly keys: string[]; readonly at: Map<string, number> };

const known = new WeakMap<StudyView, TriedKeys>();
let newest: Places = { keys: [], at: new Map() };

/** Returns the keys of a view. What the view before had is kept, so a long study costs hardly more than a short one. */
export function triedKeys(view: StudyView): TriedKeys {
  let tried = known.get(view);
  if (!tried) {
    const { at } = placesOf(view.configs);
    const count = view.configs.length;
    // Views after this one add to the same places.
    tried = { has: (key) => (at.get(key) ?? count) < count };
    known.set(view, tried);
  }
  return tried;
}

function placesOf(configs: readonly ConfigView[]): Places {
  if (!isExtended(newest.keys, configs)) newest = { keys: [], at: new Map() };
  const { keys, at } = newest;
  for (let k = keys.length; k < configs.length; k++) {
    const { key } = configs[k] as ConfigView;
    keys.push(key);
    if (!at.has(key)) at.set(key, k);
  }
  return newest;
}

function isExtended(keys: readonly string[], configs: readonly ConfigView[]): boolean {
  if (configs.length < keys.length) return false;
  for (let k = 0; k < keys.length; k++) if (keys[k] !== configs[k]?.key) return false;
  return true;
}

import type { StudyStore } from '../store/study-store.js';

const known = new WeakMap<Int32Array, Uint8Array>();

/** Returns for each trial a shade from 0 to 255 by its rank, 255 for the best; 0 for those without a value. */
export function shadesOf(store: StudyStore): Uint8Array {
  const best = store.best.value;
  const earlier = known.get(best);
  if (earlier) return earlier;
  const shades = new Uint8Array(store.columns.total);
  const last = Math.max(1, best.length - 1);
  for (let k = 0; k < best.length; k++) shades[best[k] as number] = 255 - Math.round((k / last) * 255);
  known.set(best, shades);
  return shades;
}

import type { StudyStore } from '../store/study-store.js';
import { STATE } from '../store/trial-columns.js';

export type Over = 'trials' | 'epochs' | 'hours';
/** The best so far: where it changed, and where it ends. */
export type BestPath = { readonly xs: readonly number[]; readonly values: readonly number[] };

/** Returns the best value so far of the first objective over finished trials, the epochs that they trained, or hours. */
export function bestPath(store: StudyStore, over: Over): BestPath {
  const { columns } = store;
  const [states, steps, ends] = [columns.values('state'), columns.values('steps'), columns.values('end')];
  const starts = columns.values('start');
  const feasible = columns.values('feasible');
  const { values: means, isWhole } = store.means.peek();
  const anyWhole = isWhole.includes(1);
  const sign = store.info.peek()?.objectives[0]?.direction === 'maximize' ? -1 : 1;
  const finished = [...states.keys()].filter((trial) => isFinished(states[trial] ?? 0));
  finished.sort((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0) || a - b);
  let first = Number.POSITIVE_INFINITY;
  for (const ms of starts) if (ms < first) first = ms;
  let [best, epochs, x] = [Number.POSITIVE_INFINITY, 0, 0];
  const path: { xs: number[]; values: number[] } = { xs: [], values: [] };
  for (const [k, trial] of finished.entries()) {
    epochs += steps[trial] ?? 0;
    x = over === 'trials' ? k + 1 : over === 'epochs' ? epochs : ((ends[trial] ?? 0) - first) / 3_600_000;
    const loss = sign * (means[trial] as number);
    if (states[trial] !== STATE.complete || feasible[trial] === 2 || !(loss < best)) continue;
    if (anyWhole && !isWhole[trial]) continue;
    best = loss;
    path.xs.push(x);
    path.values.push(sign * best);
  }
  if (path.xs.length > 0) {
    path.xs.push(x);
    path.values.push(sign * best);
  }
  return path;
}

/** Returns all paths at the same places, as steps: null before the first value and after the end. */
export function alignPaths(paths: readonly BestPath[]): { xs: number[]; values: (number | null)[][] } {
  const places = new Set<number>();
  for (const { xs } of paths)
    for (const [k, x] of xs.entries()) {
      // Just before a change the old value holds still.
      if (k > 0 && k < xs.length - 1) places.add(x - Math.abs(x) * 1e-9 - 1e-12);
      places.add(x);
    }
  const xs = [...places].sort((a, b) => a - b);
  const values = paths.map((path) => {
    let at = -1;
    return xs.map((x) => {
      while (at + 1 < path.xs.length && (path.xs[at + 1] as number) <= x) at++;
      const isOver = x > (path.xs.at(-1) ?? Number.NEGATIVE_INFINITY);
      return at < 0 || isOver ? null : (path.values[at] as number);
    });
  });
  return { xs, values };
}

function isFinished(state: number): boolean {
  return state === STATE.complete || state === STATE.pruned || state === STATE.fail;
}

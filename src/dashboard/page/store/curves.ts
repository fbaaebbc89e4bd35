import type { ColumnSet } from '../../columns.js';
import { curveValue } from '../../curve-codec.js';
import type { CurvesHeader } from '../../protocol.js';

/** Curves of the first objective, one after another: those of curve c are at `offsets[c]` to `offsets[c + 1]`. */
export type Curves = {
  readonly metric: string;
  /** Of the newest answer, which may have had no curve. */
  revision: number;
  /** How many trials have a curve; more than `trials` has: these are a fair sample. */
  readonly curveCount: number;
  readonly trials: Int32Array;
  readonly offsets: Int32Array;
  readonly steps: Float64Array;
  readonly values: Float32Array;
  /** By trial: its curve, or -1. */
  readonly curveOf: Int32Array;
};

/** Returns the curves of an answer, flat. */
export function readCurves({ header, columns }: ColumnSet<CurvesHeader>): Curves {
  const named = new Map(columns.map(({ name, values }) => [name, values]));
  const column = (name: string) => named.get(name) ?? new Uint8Array(0);
  const [trials, counts, firsts, listed, codes] = ['trial', 'count', 'first', 'step', 'value'].map(
    (name): ArrayLike<number> => column(name),
  ) as [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>, ArrayLike<number>, ArrayLike<number>];
  const offsets = new Int32Array(trials.length + 1);
  const steps = new Float64Array(codes.length);
  const values = new Float32Array(codes.length);
  // Each code is worked out once, since there are more points than codes.
  const known = new Float32Array(65_536);
  const isKnown = new Uint8Array(65_536);
  let [at, listedAt] = [0, 0];
  for (let c = 0; c < trials.length; c++) {
    const [count, first] = [counts[c] as number, firsts[c] as number];
    for (let p = 0; p < count; p++, at++) {
      const code = codes[at] as number;
      if (!isKnown[code]) {
        known[code] = curveValue(code, header.scale);
        isKnown[code] = 1;
      }
      values[at] = known[code] as number;
      steps[at] = first >= 0 ? first + p : (listed[listedAt++] as number);
    }
    offsets[c + 1] = at;
  }
  const { metric, revision, curveCount } = header;
  return finished({ metric, revision, curveCount, trials: Int32Array.from(trials), offsets, steps, values });
}

/** Returns earlier curves with newer ones in their place. */
export function mergeCurves(earlier: Curves, newer: Curves): Curves {
  if (newer.trials.length === 0)
    return { ...earlier, revision: newer.revision, curveCount: newer.curveCount };
  const kept: [Curves, number][] = [];
  for (let c = 0; c < earlier.trials.length; c++)
    if ((newer.curveOf[earlier.trials[c] as number] ?? -1) < 0) kept.push([earlier, c]);
  for (let c = 0; c < newer.trials.length; c++) kept.push([newer, c]);
  const size = (curves: Curves, c: number) =>
    (curves.offsets[c + 1] as number) - (curves.offsets[c] as number);
  const points = kept.reduce((sum, [curves, c]) => sum + size(curves, c), 0);
  const trials = new Int32Array(kept.length);
  const offsets = new Int32Array(kept.length + 1);
  const steps = new Float64Array(points);
  const values = new Float32Array(points);
  let at = 0;
  for (const [k, [curves, c]] of kept.entries()) {
    const [from, to] = [curves.offsets[c] as number, curves.offsets[c + 1] as number];
    trials[k] = curves.trials[c] as number;
    steps.set(curves.steps.subarray(from, to), at);
    values.set(curves.values.subarray(from, to), at);
    at += to - from;
    offsets[k + 1] = at;
  }
  const { metric, revision, curveCount } = newer;
  return finished({ metric, revision, curveCount, trials, offsets, steps, values });
}

function finished(curves: Omit<Curves, 'curveOf'>): Curves {
  const last = curves.trials.reduce((most, trial) => Math.max(most, trial), -1);
  const curveOf = new Int32Array(last + 1).fill(-1);
  for (let c = 0; c < curves.trials.length; c++) curveOf[curves.trials[c] as number] = c;
  return { ...curves, curveOf };
}

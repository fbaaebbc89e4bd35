import type { Axis } from '../../core/encoding/axis.js';
import type { Encoding } from '../../core/encoding/encoding.js';
import { makeXorshift } from '../../core/fast-rng.js';
import { descend } from '../../core/numeric/descend.js';
import type { Rng } from '../../core/rng.js';
import type { Acquisition } from './acquisition.js';

export type Candidate = { readonly codes: Float64Array; readonly value: number };

/** Limits of the search: candidates drawn, starts of each kind, and the length of a climb. */
export const SEARCH = { uniform: 200, local: 60, starts: 2, evals: 40, rounds: 2 };
/** Of each kind of candidates: those that constraints forbid and that move to the nearest allowed point, if fewer are allowed. */
const MOVED = 30;
/** Discrete axes with at most this many values are searched value by value; longer ones also by the gradient. */
const FEW = 16;

/** Returns local maxima of the acquisition function and good candidates, the best first. */
export function maximize(
  encoding: Encoding,
  acquisition: Acquisition,
  anchors: readonly Float64Array[],
  given: Rng,
): readonly Candidate[] {
  const rng = makeXorshift(given);
  // Of the others only the order is not known. Where every axis is discrete, many of the first may be tried already.
  const isOrderOpen = encoding.axes.some(({ kind }) => kind === 'continuous');
  const draw = (count: number, make: (k: number, codes: Float64Array) => Float64Array) => {
    const length = encoding.axes.length;
    // Parts of one array are made in a fifth of the time of as many arrays.
    const { buffer } = new Float64Array(count * length);
    const all = Array.from({ length: count }, (_, k) =>
      make(k, new Float64Array(buffer, k * length * Float64Array.BYTES_PER_ELEMENT, length)),
    );
    const best = new Float64Array(SEARCH.starts).fill(Number.NEGATIVE_INFINITY);
    const found = all.map((codes) => {
      const candidate = scored(encoding, acquisition, codes, isOrderOpen ? (best[0] as number) : ANY);
      if (candidate && candidate.value > (best[0] as number)) {
        best[0] = candidate.value;
        best.sort();
      }
      return candidate;
    });
    const allowed = found.filter((c) => c !== null);
    const forbidden = all.filter((_, k) => found[k] === null);
    const lacking = encoding.restricted ? Math.min(MOVED, count) - allowed.length : 0;
    return lacking <= 0
      ? allowed
      : [...allowed, ...moved(encoding, acquisition, forbidden.slice(0, lacking))];
  };
  const anywhere = draw(SEARCH.uniform, (_, codes) => drawUniform(encoding, rng, codes)).sort(byValue);
  const count = anchors.length;
  const near = [
    ...draw(count, (k) => anchors[k] as Float64Array),
    ...draw(count > 0 ? SEARCH.local : 0, (k, codes) =>
      perturb(encoding, anchors[k % count] as Float64Array, rng, codes),
    ),
  ].sort(byValue);
  // Take both kinds of starts: the best of one kind are often all on the same hill.
  const starts = [...anywhere.slice(0, SEARCH.starts), ...near.slice(0, SEARCH.starts)];
  const climbed = starts.map((start) => climb(encoding, acquisition, start));
  return [...climbed, ...anywhere, ...near].sort(byValue);
}

const byValue = (a: Candidate, b: Candidate) => (a.value > b.value ? -1 : a.value < b.value ? 1 : 0);
const ANY = Number.NEGATIVE_INFINITY;

/** Returns the candidate with its value, which may be -Infinity where it is at most `floor`; null where it is forbidden. */
function scored(
  encoding: Encoding,
  acquisition: Acquisition,
  codes: Float64Array,
  floor = ANY,
): Candidate | null {
  const row = encoding.rowAt(codes);
  if (!row) return null;
  const value = acquisition.value(row, floor);
  return Number.isNaN(value) ? null : { codes, value };
}

/** Returns candidates at the allowed points that are nearest to forbidden ones. */
function moved(encoding: Encoding, acquisition: Acquisition, all: readonly Float64Array[]): Candidate[] {
  return all.flatMap((codes) => {
    const allowed = encoding.allowed(codes);
    return (allowed && scored(encoding, acquisition, allowed)) ?? [];
  });
}

export function drawUniform(
  { axes }: Encoding,
  rng: Rng,
  codes: Float64Array = new Float64Array(axes.length),
): Float64Array {
  for (let at = 0; at < codes.length; at++) codes[at] = (axes[at] as Axis).quantile(rng.float());
  return codes;
}

/** Writes codes a step away from a good point, in a share of the axes and at least one, in one of three sizes. */
function perturb({ axes }: Encoding, anchor: Float64Array, rng: Rng, codes: Float64Array): Float64Array {
  const size = [0.2, 0.05, 0.01][rng.int(3)] as number;
  const share = Math.min(1, (1 + rng.int(6)) / axes.length);
  const sure = rng.int(axes.length);
  for (let at = 0; at < codes.length; at++) {
    const axis = axes[at] as Axis;
    const code = anchor[at] as number;
    if (at !== sure && rng.float() >= share) codes[at] = code;
    else if (axis.kind === 'choice') codes[at] = axis.quantile(rng.float());
    else codes[at] = Math.min(1, Math.max(0, code + size * rng.normal()));
  }
  return codes;
}

/** Climbs along the gradient in the continuous axes and value by value in the discrete ones, until neither improves. */
function climb(encoding: Encoding, acquisition: Acquisition, start: Candidate): Candidate {
  const smooth = encoding.axes.flatMap((axis, at) => (isSmooth(axis) ? [at] : []));
  const discrete = encoding.axes.flatMap((axis, at) => (axis.kind === 'continuous' ? [] : [at]));
  let best = start;
  for (let round = 0; round < SEARCH.rounds; round++) {
    const before = best.value;
    if (smooth.length > 0) best = better(best, slide(encoding, acquisition, best, smooth));
    if (discrete.length === 0) break;
    for (const at of discrete) {
      for (const code of neighbors(encoding.axes[at] as Axis, best.codes[at] as number)) {
        const codes = best.codes.slice();
        codes[at] = code;
        best = better(best, scored(encoding, acquisition, codes));
      }
    }
    if (best.value - before < 1e-4) break;
  }
  return best;
}

const better = (a: Candidate, b: Candidate | null) => (b && b.value > a.value ? b : a);
const isSmooth = (axis: Axis) =>
  axis.kind === 'continuous' || (axis.kind === 'discrete' && axis.levels > FEW);

function neighbors(axis: Axis, code: number): number[] {
  if (axis.levels <= FEW || axis.kind === 'choice')
    return Array.from({ length: axis.levels }, (_, k) => axis.level(k)).filter((each) => each !== code);
  const step = 1 / (axis.levels - 1);
  return [code - step, code + step].filter((each) => each >= 0 && each <= 1);
}

function slide(
  encoding: Encoding,
  acquisition: Acquisition,
  start: Candidate,
  smooth: readonly number[],
): Candidate | null {
  const base = encoding.rowAt(start.codes);
  if (!base) return null;
  const row = base.slice();
  const columns = smooth.map((at) => encoding.columnOf[at] as number);
  const byColumn = new Float64Array(encoding.numbers);
  const x = Float64Array.from(smooth, (at) => start.codes[at] as number);
  const box = { low: new Float64Array(x.length), high: new Float64Array(x.length).fill(1) };
  const place = (at: Float64Array) => {
    for (let k = 0; k < columns.length; k++) row[columns[k] as number] = at[k] as number;
  };
  const both = (at: Float64Array, gradient: Float64Array) => {
    place(at);
    const value = acquisition.differentiate(row, byColumn);
    for (let k = 0; k < columns.length; k++) gradient[k] = -(byColumn[columns[k] as number] as number);
    return -value;
  };
  const value = (at: Float64Array) => {
    place(at);
    return -acquisition.value(row, ANY);
  };
  const found = descend(acquisition.splits ? { value, differentiate: both } : both, x, box, {
    evaluations: SEARCH.evals,
    tolerance: 1e-3,
    stride: 0.5,
  });
  const codes = start.codes.slice();
  smooth.forEach((at, k) => {
    codes[at] = found.x[k] as number;
  });
  const end = scored(encoding, acquisition, codes);
  if (end || !encoding.restricted) return end;
  return (
    atTheEdge(encoding, acquisition, start.codes, codes) ?? moved(encoding, acquisition, [codes])[0] ?? null
  );
}

/** Halvings of the way to a forbidden point. */
const HALVINGS = 10;

/** Returns the last allowed candidate on the way from an allowed point to a forbidden one, if it is better than the first. */
function atTheEdge(
  encoding: Encoding,
  acquisition: Acquisition,
  from: Float64Array,
  to: Float64Array,
): Candidate | null {
  let last: Candidate | null = null;
  for (let k = 0, share = 0, step = 0.5; k < HALVINGS; k++, step /= 2) {
    const codes = from.map((code, at) => code + (share + step) * ((to[at] as number) - code));
    const found = scored(encoding, acquisition, codes);
    if (!found) continue;
    share += step;
    if (!last || found.value > last.value) last = found;
  }
  return last;
}

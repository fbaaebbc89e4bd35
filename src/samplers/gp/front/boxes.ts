import type { Losses } from '../../../core/pareto.js';

/** A box of loss vectors: from `low` (-Infinity where it has no end) to `high` in each objective. */
export type Box = { readonly low: readonly number[]; readonly high: readonly number[] };

/** An open box of the sweep: in the first objective from `left` to `right`, in the second below `top`, in the third above `floor`. */
type Strip = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly floor: number;
};

/**
 * Returns disjoint boxes that cover what lies below the reference point and is not dominated by any point, for two or three
 * objectives. A sweep along the third objective keeps the strips below the staircase of the points that it has passed; a new
 * point closes the strips that it cuts. So n points make at most some 3 n boxes: Yang, Emmerich, Deutz and Baeck, Efficient
 * computation of expected hypervolume improvement using box decomposition algorithms, Journal of Global Optimization 75 (2019).
 */
export function freeBoxes(points: readonly Losses[], reference: Losses): Box[] {
  const [right = 0, top = 0, ceiling = 1] = reference;
  const flat = reference.length === 2;
  const boxes: Box[] = [];
  const close = (strip: Strip, end: number) => {
    if (!(end > strip.floor) || !(strip.right > strip.left)) return;
    const low = [strip.left, Number.NEGATIVE_INFINITY];
    const high = [strip.right, strip.top];
    boxes.push(flat ? { low, high } : { low: [...low, strip.floor], high: [...high, end] });
  };
  const height = (point: Losses) => (flat ? Number.NEGATIVE_INFINITY : (point[2] as number));
  const inside = points.filter((point) => point.every((loss, k) => loss < (reference[k] as number)));
  const sorted = inside.toSorted((a, b) => height(a) - height(b) || 0);
  let strips: Strip[] = [{ left: Number.NEGATIVE_INFINITY, right, top, floor: Number.NEGATIVE_INFINITY }];
  for (const point of sorted) {
    const [x = 0, y = 0] = point;
    const z = height(point);
    const next: Strip[] = [];
    let end = x;
    // From the left to the right, the tops of strips fall.
    for (const strip of strips) {
      if (strip.right <= x || strip.top <= y) {
        next.push(strip);
        continue;
      }
      if (strip.left < x) next.push({ ...strip, right: x });
      close({ ...strip, left: Math.max(strip.left, x) }, z);
      end = strip.right;
    }
    if (end > x) next.push({ left: x, right: end, top: y, floor: z });
    strips = next.sort((a, b) => (a.left < b.left ? -1 : a.left > b.left ? 1 : 0));
  }
  for (const strip of strips) close(strip, ceiling);
  return boxes;
}

/**
 * Losses of one point: every objective is minimized; negate one that is maximized. A point dominates another when it is worse in
 * no objective and better in one; equal points do not dominate.
 */
export type Losses = readonly number[];

/**
 * Returns the front of each point: 0 for points that none dominates, 1 for those that only front 0 dominates, and so on.
 * +Infinity is a loss like any other, and NaN counts as +Infinity. Equal points share a rank.
 * One and two objectives take O(n log n); more take O(m n^2) at worst.
 * @throws RangeError when the points differ in their number of objectives.
 *
 * Efficient non-dominated sort with binary search: Zhang, Tian, Cheng and Jin, "An Efficient Approach to
 * Nondominated Sorting for Evolutionary Multiobjective Optimization", IEEE Transactions on Evolutionary
 * Computation 19(2), 2015.
 */
export function nonDominatedRanks(points: readonly Losses[]): number[] {
  const losses = cleaned(points);
  const order = losses.map((_, index) => index);
  order.sort((a, b) => lexicographic(losses[a] as Losses, losses[b] as Losses));

  const fronts: Losses[][] = [];
  const ranks = new Array<number>(losses.length).fill(0);
  let previous = -1;
  for (const index of order) {
    const point = losses[index] as Losses;
    if (previous >= 0 && lexicographic(losses[previous] as Losses, point) === 0) {
      ranks[index] = ranks[previous] as number;
    } else {
      const rank = firstFrontWithout(fronts, point);
      if (rank === fronts.length) fronts.push([]);
      fronts[rank]?.push(point);
      ranks[index] = rank;
    }
    previous = index;
  }
  return ranks;
}

/**
 * Returns the crowding distance of each point: the sum, over the objectives, of the gap between its two neighbors as a share of
 * the objective's range. The first and the last of an objective get +Infinity, except where all are equal; so do all points of a
 * front of one or two. Losses of +Infinity (and NaN) count as the largest finite one. O(m n log n).
 * @throws RangeError when the points differ in their number of objectives.
 *
 * Deb, Pratap, Agarwal and Meyarivan, "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II", IEEE
 * Transactions on Evolutionary Computation 6(2), 2002, section III-B.
 */
export function crowdingDistances(front: readonly Losses[]): number[] {
  const losses = cleaned(front);
  if (losses.length <= 2) return losses.map(() => Number.POSITIVE_INFINITY);
  const distances = losses.map(() => 0);
  const objectives = losses[0]?.length ?? 0;
  for (let objective = 0; objective < objectives; objective++) {
    const column = finiteColumn(losses, objective);
    const order = column.map((_, index) => index).sort((a, b) => compare(at(column, a), at(column, b)));
    const first = at(order, 0);
    const last = at(order, order.length - 1);
    // Halves, so that a range of all doubles does not overflow.
    const range = at(column, last) / 2 - at(column, first) / 2;
    if (range === 0) continue;
    distances[first] = Number.POSITIVE_INFINITY;
    distances[last] = Number.POSITIVE_INFINITY;
    for (let place = 1; place < order.length - 1; place++) {
      const index = at(order, place);
      const gap = at(column, at(order, place + 1)) / 2 - at(column, at(order, place - 1)) / 2;
      distances[index] = at(distances, index) + gap / range;
    }
  }
  return distances;
}

/**
 * Returns the first front without a member that dominates the point, by binary search: later fronts have none either, because
 * each of their members is dominated by a member of the front before.
 */
function firstFrontWithout(fronts: readonly Losses[][], point: Losses): number {
  let low = 0;
  let high = fronts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isDominated(fronts[middle] as Losses[], point)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns whether an earlier member, which is no larger in the first objective and not equal, is no larger in the rest. */
function isDominated(front: readonly Losses[], point: Losses): boolean {
  const last = front[front.length - 1] as Losses;
  // On a front of two objectives the second falls as the first rises: the last member has the smallest.
  if (point.length <= 2) return noneLarger(last, point);
  for (let member = front.length - 1; member >= 0; member--) {
    if (noneLarger(front[member] as Losses, point)) return true;
  }
  return false;
}

function noneLarger(a: Losses, b: Losses): boolean {
  for (let objective = 1; objective < a.length; objective++) {
    if (at(a, objective) > at(b, objective)) return false;
  }
  return true;
}

function lexicographic(a: Losses, b: Losses): number {
  for (let objective = 0; objective < a.length; objective++) {
    const sign = compare(at(a, objective), at(b, objective));
    if (sign !== 0) return sign;
  }
  return 0;
}

// The difference of two infinities would be NaN.
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function cleaned(points: readonly Losses[]): Losses[] {
  const objectives = points[0]?.length;
  return points.map((point) => {
    if (point.length !== objectives) throw new RangeError('points must have one number of objectives');
    return point.map((loss) => (Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss));
  });
}

function finiteColumn(losses: readonly Losses[], objective: number): number[] {
  const column = losses.map((point) => at(point, objective));
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const loss of column) {
    if (!Number.isFinite(loss)) continue;
    smallest = Math.min(smallest, loss);
    largest = Math.max(largest, loss);
  }
  if (smallest > largest) return column.map(() => 0);
  return column.map((loss) => Math.min(Math.max(loss, smallest), largest));
}

const at = (values: readonly number[], index: number): number => values[index] as number;

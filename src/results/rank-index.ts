import { isFeasible } from '../core/metric-constraints.js';
import { toMinimization } from '../core/objective-order.js';
import { byteColumn, type Column, floatColumn, intColumn } from './column.js';
import { ParetoArchive } from './pareto-archive.js';
import { firstTrial, hasResult, type Rankable, type Rules, tierOf } from './ranking.js';

/** Tier of a row without a result. */
const UNRANKED = 255;
const WHOLE = 1;
const PARTIAL = 2;

/**
 * The order of configurations by `ranking.ts`, kept in typed arrays: one row for each configuration. `set` takes constant
 * time, `top` one pass over the rows. The Pareto front is kept as rows come; it is built again only when a row that
 * counted before changes.
 */
export class RankIndex {
  readonly #rules: Rules;
  readonly #tiers = byteColumn();
  readonly #losses: readonly Column<Float64Array>[];
  readonly #firstTrials = intColumn();
  /** Whether a row may be on the front: 0 no, else WHOLE or PARTIAL. */
  readonly #candidates = byteColumn();
  #wholeCount = 0;
  #front: ParetoArchive | null = null;
  #sorted: Int32Array | null = null;

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#losses = rules.directions.map(() => floatColumn());
  }

  set(row: number, config: Rankable): void {
    const isRanked = hasResult(config, this.#rules.directions);
    const tier = isRanked ? tierOf(config, this.#rules.repeats) : UNRANKED;
    const losses = isRanked ? toMinimization(config.values, this.#rules.directions) : null;
    const isCandidate = isRanked && config.state === 'complete' && isFeasible(config.violations);
    const candidate = !isCandidate ? 0 : config.trialCount >= this.#rules.repeats ? WHOLE : PARTIAL;
    this.#replaceOnFront(row, candidate, losses);
    this.#tiers.set(row, tier);
    this.#firstTrials.set(row, firstTrial(config));
    for (let k = 0; k < this.#losses.length; k++) this.#losses[k]?.set(row, losses?.[k] ?? Number.NaN);
    this.#candidates.set(row, candidate);
    this.#sorted = null;
  }

  /** The rows with a result, the best first. */
  all(): Int32Array {
    this.#sorted ??= this.#ranked().sort((a, b) => this.#compare(a, b));
    return this.#sorted;
  }

  /** The first rows of `all`, without sorting the rest. */
  top(limit: number): number[] {
    if (this.#sorted !== null) return [...this.#sorted.subarray(0, limit)];
    if (limit > 100) return [...this.all().subarray(0, limit)];
    const best: number[] = [];
    for (const row of this.#ranked()) {
      if (best.length === limit && (limit === 0 || this.#compare(row, best[limit - 1] as number) >= 0))
        continue;
      let at = best.length;
      while (at > 0 && this.#compare(row, best[at - 1] as number) < 0) at--;
      best.splice(at, 0, row);
      if (best.length > limit) best.pop();
    }
    return best;
  }

  /** The best row for which this holds; null without any. It is asked only about rows better than those before. */
  first(holds: (row: number) => boolean): number | null {
    let best: number | null = null;
    for (const row of this.#ranked())
      if ((best === null || this.#compare(row, best) < 0) && holds(row)) best = row;
    return best;
  }

  /** Whether some configuration on the front has all its repeats: then those without are not on it. */
  get hasWhole(): boolean {
    return this.#wholeCount > 0;
  }

  /** The rows of the Pareto front, in the order of `all`. */
  front(): number[] {
    this.#front ??= this.#buildFront();
    return this.#front.rows().sort((a, b) => this.#compare(a, b));
  }

  #ranked(): Int32Array {
    const tiers = this.#tiers.values();
    const rows = new Int32Array(tiers.length);
    let count = 0;
    for (let row = 0; row < tiers.length; row++) if (tiers[row] !== UNRANKED) rows[count++] = row;
    return rows.subarray(0, count);
  }

  #compare(a: number, b: number): number {
    const first = this.#losses[0] as Column<Float64Array>;
    const [x, y] = [first.get(a), first.get(b)];
    return (
      this.#tiers.get(a) - this.#tiers.get(b) ||
      // A difference of two infinities would be NaN.
      (x < y ? -1 : x > y ? 1 : 0) ||
      this.#firstTrials.get(a) - this.#firstTrials.get(b)
    );
  }

  #replaceOnFront(row: number, candidate: number, losses: readonly number[] | null): void {
    const before = this.#candidates.get(row);
    if (candidate === 0 && before === 0) return;
    if (before === candidate && this.#losses.every((column, k) => column.get(row) === losses?.[k])) return;
    const hadWhole = this.#wholeCount > 0;
    this.#wholeCount += (candidate === WHOLE ? 1 : 0) - (before === WHOLE ? 1 : 0);
    const changesClass = hadWhole !== this.#wholeCount > 0;
    const counted = hadWhole ? WHOLE : PARTIAL;
    if (changesClass || before === counted) this.#front = null;
    else if (candidate === counted && losses) this.#front?.add(row, losses);
  }

  #buildFront(): ParetoArchive {
    const archive = new ParetoArchive();
    const counted = this.#wholeCount > 0 ? WHOLE : PARTIAL;
    const candidates = this.#candidates.values();
    for (let row = 0; row < candidates.length; row++)
      if (candidates[row] === counted)
        archive.add(
          row,
          this.#losses.map((column) => column.get(row)),
        );
    return archive;
  }
}

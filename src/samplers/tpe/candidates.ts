import type { Rng } from '../../core/rng.js';
import type { ParamSpec } from '../../core/space.js';
import { beliefOf } from './belief.js';
import { Density, fillBad, fillGood } from './densities.js';
import type { Inherited } from './earlier.js';
import type { History } from './history.js';
import type { Layout } from './layout.js';
import { NO_KERNELS } from './mixture.js';
import type { BandwidthSettings, Settings } from './settings.js';
import { Splitter } from './split.js';
import { beliefWith } from './together.js';

/** A group's candidates: their points one after the other, and where each of them starts, the best first. */
export type Ranked = { readonly points: Float64Array; readonly starts: Int32Array };

type Proposing = {
  /** How many candidates. */
  readonly count: number;
  /** The best of so many comes first, then the others of these, then the best of the next ones. */
  readonly rivals: number;
  readonly settings: Settings;
  readonly look: BandwidthSettings;
  /** What earlier studies are to the proposal. */
  readonly inherited: Inherited;
  /** Of the proposal: priors fade with it. */
  readonly index: number;
  readonly noise: Rng;
};

/** Draws candidates for one group of parameters. It keeps its arrays: thousands of proposals would leave as many to collect. */
export class Candidates {
  readonly #layout: Layout;
  readonly #columns: readonly number[];
  readonly #specs: readonly ParamSpec[];
  readonly #hasPriors: boolean;
  readonly #splitter: Splitter;
  readonly #good: Density;
  readonly #bad: Density;
  #ranked: Ranked = { points: new Float64Array(0), starts: new Int32Array(0) };
  #scores = new Float64Array(0);

  constructor(layout: Layout, columns: readonly number[], specs: readonly ParamSpec[]) {
    this.#layout = layout;
    this.#columns = columns;
    this.#specs = specs;
    this.#hasPriors = specs.some(({ prior }) => prior !== undefined);
    this.#splitter = new Splitter(columns);
    this.#good = new Density(layout);
    this.#bad = new Density(layout);
  }

  /**
   * Returns candidates from the good density, by descending ratio of the good to the bad one among so many rivals. They are valid
   * until the next call.
   */
  rank(history: History, { count, rivals, settings, look, inherited, index, noise }: Proposing): Ranked {
    const layout = this.#layout;
    const own = this.#hasPriors ? beliefOf(layout.axes, this.#specs, index) : null;
    const belief =
      inherited.weights === null ? own : beliefWith(own, inherited.componentsOf(this.#columns, layout));
    const split = this.#splitter.split(history, look.goodShare);
    const good = fillGood(this.#good, layout, split?.good ?? NO_KERNELS, { settings, look, belief });
    const bad = fillBad(this.#bad, layout, split?.bad ?? NO_KERNELS, history, settings);
    const { width } = layout;
    if (this.#scores.length !== count) {
      this.#ranked = { points: new Float64Array(count * width), starts: new Int32Array(count) };
      this.#scores = new Float64Array(count);
    }
    const { points, starts } = this.#ranked;
    const scores = this.#scores;
    for (let k = 0; k < count; k++) {
      const at = k * width;
      good.draw(noise, points, at);
      const score = good.logDensity(points, at) - bad.logDensity(points, at);
      // Sorted by insertion: there are few, and of equal ones the first comes first.
      let rank = k;
      const first = k - (k % rivals);
      for (; rank > first && (scores[rank - 1] as number) < score; rank--) {
        scores[rank] = scores[rank - 1] as number;
        starts[rank] = starts[rank - 1] as number;
      }
      scores[rank] = score;
      starts[rank] = at;
    }
    return this.#ranked;
  }
}

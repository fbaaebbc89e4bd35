import type { Rng } from '../../core/rng.js';
import type { Layout } from './layout.js';
import { fillLevelTable } from './level-table.js';
import { addLineTerms, type LineKernels } from './line-terms.js';
import { normalCdf } from './normal.js';

/** Observations of a group of parameters, row-major: coordinates and levels as `History` keeps them. */
export type Kernels = {
  readonly cells: Float64Array;
  readonly count: number;
  /** The row of each in the history. */
  readonly rows: readonly number[];
};

/** One more part of a mixture. */
export type Component = {
  /** Where an observation weighs 1 on average. */
  readonly weight: number;
  /** Draws a point into `out`, from the place `start` on. */
  draw(noise: Rng, out: Float64Array, start: number): void;
  /** Returns the logarithm of the density at the point that starts at the place `start`. */
  logDensity(points: Float64Array, start: number): number;
};

export type Shape = {
  /** Weight of the uniform component, where an observation weighs 1 on average. */
  readonly prior: number;
  /** Width of the kernels on each axis (unit intervals; unused where levels have no order). */
  readonly widths: Float64Array;
  /** Share of a kernel on each level where levels have no order: smear / (count + 1), against 1 on its own. */
  readonly smear: number;
  /** One more component: what the user expects, and what earlier studies found; null without any. */
  readonly belief: Component | null;
  /** The logarithm of what each row's kernel has inside the unit intervals, by row; NaN: not known yet. Null: nobody keeps it. */
  readonly masses: Float64Array | null;
};

const EMPTY = new Float64Array(0);
export const NO_KERNELS: Kernels = { cells: EMPTY, count: 0, rows: [] };
const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);
/** e^-25: thousands of such terms change only the ninth digit of a sum. */
const NEGLIGIBLE = -25;

/**
 * A mixture density of products: each observation is a kernel (a normal truncated to the unit interval, or a table of
 * masses for levels), and a uniform prior is one more component. One is filled again for every proposal, so it keeps its arrays
 * and avoids the iterators and closures that are compiled late.
 */
export class Mixture {
  readonly #layout: Layout;
  #kernels: Kernels = NO_KERNELS;
  #weights: Float64Array = EMPTY;
  #total = 0;
  #widths: Float64Array = EMPTY;
  readonly #tables: Float64Array[];
  /** Coordinates over (width x root 2), so that a squared difference is an exponent; axis by axis. */
  #scaled: Float64Array = EMPTY;
  readonly #inverse: Float64Array;
  #logs: Float64Array = EMPTY;
  #work: Float64Array = EMPTY;
  #lines: LineKernels = { lines: [], count: 0, own: EMPTY, scaled: EMPTY, inverse: EMPTY };
  #logPrior = 0;
  #prior = 0;
  #belief: Component | null = null;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#inverse = new Float64Array(layout.lines.length);
    this.#tables = layout.levels.map(({ axis }) => new Float64Array(axis.size * axis.size));
  }

  /** Makes it the density of these observations. It reads the arrays until it is filled again. */
  fill(kernels: Kernels, weights: Float64Array, shape: Shape): void {
    const { prior, widths, belief, masses } = shape;
    const { lines, levels, logLevels } = this.#layout;
    const { count } = kernels;
    this.#kernels = kernels;
    this.#weights = weights;
    this.#prior = prior;
    this.#belief = belief;
    let total = prior;
    for (let i = 0; i < count; i++) total += weights[i] as number;
    if (belief !== null) total += belief.weight;
    this.#total = total;
    this.#widths = widths;
    const smeared = shape.smear / (count + 1);
    for (let t = 0; t < levels.length; t++) {
      const { column, axis } = levels[t] as Layout['levels'][number];
      fillLevelTable(this.#tables[t] as Float64Array, axis, widths[column] as number, smeared);
    }
    for (let j = 0; j < lines.length; j++)
      this.#inverse[j] = Math.SQRT1_2 / (widths[lines[j] as number] as number);
    if (count > this.#logs.length) {
      const room = Math.max(32, 2 * count);
      this.#scaled = new Float64Array(room * lines.length);
      this.#logs = new Float64Array(room);
      this.#work = new Float64Array(room);
    }
    this.#logPrior = Math.log(prior / total) - logLevels;
    this.#lines = { lines, count, own: this.#logs, scaled: this.#scaled, inverse: this.#inverse };
    this.#prepare(masses);
  }

  #prepare(masses: Float64Array | null): void {
    const { cells, count, rows } = this.#kernels;
    const { width, lines } = this.#layout;
    const inverse = this.#inverse;
    const scaled = this.#scaled;
    const widths = this.#widths;
    const weights = this.#weights;
    const total = this.#total;
    let norm = 0;
    for (let j = 0; j < lines.length; j++)
      norm += Math.log(widths[lines[j] as number] as number) + LOG_ROOT_2PI;
    for (let j = 0; j < lines.length; j++) {
      const scale = inverse[j] as number;
      for (let i = 0, at = lines[j] as number; i < count; i++, at += width)
        scaled[j * count + i] = (cells[at] as number) * scale;
    }
    // Mostly equal to the one before.
    let weight = Number.NaN;
    let own = 0;
    for (let i = 0; i < count; i++) {
      if (weights[i] !== weight) {
        weight = weights[i] as number;
        own = Math.log(weight / total) - norm;
      }
      const known = masses === null ? Number.NaN : (masses[rows[i] as number] as number);
      if (!Number.isNaN(known)) {
        this.#logs[i] = own - known;
        continue;
      }
      let mass = 1;
      let log = own;
      for (let j = 0; j < lines.length; j++) {
        const column = lines[j] as number;
        const mean = cells[i * width + column] as number;
        const sigma = widths[column] as number;
        mass *= normalCdf(mean / sigma) + normalCdf((1 - mean) / sigma) - 1;
        // The product of a thousand masses would underflow.
        if (mass < 1e-200) {
          log -= Math.log(mass);
          mass = 1;
        }
      }
      const rest = Math.log(mass);
      this.#logs[i] = log - rest;
      if (masses !== null && log === own) masses[rows[i] as number] = rest;
    }
  }

  /** Draws a point into `out`, from the place `at` on. */
  draw(noise: Rng, out: Float64Array, at: number): void {
    const { cells, count } = this.#kernels;
    const { width, lines, levels } = this.#layout;
    const weights = this.#weights;
    let left = noise.float() * this.#total;
    let kernel = 0;
    for (; kernel < count; kernel++) {
      left -= weights[kernel] as number;
      if (left < 0) break;
    }
    if (this.#belief !== null && kernel === count && left >= this.#prior) {
      this.#belief.draw(noise, out, at);
      return;
    }
    for (let j = 0; j < lines.length; j++) {
      const column = lines[j] as number;
      out[at + column] =
        kernel < count
          ? truncatedNormal(cells[kernel * width + column] as number, this.#widths[column] as number, noise)
          : noise.float();
    }
    for (let t = 0; t < levels.length; t++) {
      const { column, axis } = levels[t] as Layout['levels'][number];
      const { size } = axis;
      out[at + column] =
        kernel < count
          ? drawLevel(this.#tables[t] as Float64Array, cells[kernel * width + column] as number, size, noise)
          : Math.min(size - 1, Math.floor(noise.float() * size));
    }
  }

  /** Returns the logarithm of the density at the point that starts at the place `at`. */
  logDensity(points: Float64Array, at: number): number {
    const { count } = this.#kernels;
    const logs = this.#work;
    addLineTerms(this.#lines, points, at, logs);
    this.#addLevels(points, at, logs);
    const logPrior = this.#logPrior;
    const belief = this.#belief;
    const logBelief =
      belief === null
        ? Number.NEGATIVE_INFINITY
        : Math.log(belief.weight / this.#total) + belief.logDensity(points, at);
    let top = Math.max(logPrior, logBelief);
    for (let i = 0; i < count; i++) if ((logs[i] as number) > top) top = logs[i] as number;
    let sum = Math.exp(logPrior - top);
    if (belief !== null) sum += Math.exp(logBelief - top);
    for (let i = 0; i < count; i++) {
      const below = (logs[i] as number) - top;
      if (below > NEGLIGIBLE) sum += Math.exp(below);
    }
    return top + Math.log(sum);
  }

  #addLevels(points: Float64Array, from: number, logs: Float64Array): void {
    const { cells, count } = this.#kernels;
    const { width, levels } = this.#layout;
    for (let t = 0; t < levels.length; t++) {
      const { column, axis } = levels[t] as Layout['levels'][number];
      const table = this.#tables[t] as Float64Array;
      const { size } = axis;
      const level = points[from + column] as number;
      for (let i = 0, at = column; i < count; i++, at += width) {
        logs[i] = (logs[i] as number) + (table[(cells[at] as number) * size + level] as number);
      }
    }
  }
}

/** Returns a truncated normal draw, by rejection: the mean lies inside, so at least a third of the draws are kept. */
function truncatedNormal(mean: number, sigma: number, noise: Rng): number {
  for (;;) {
    const x = mean + sigma * noise.normal();
    if (x >= 0 && x <= 1) return x;
  }
}

function drawLevel(table: Float64Array, own: number, size: number, noise: Rng): number {
  let left = noise.float();
  for (let level = 0; level < size; level++) {
    left -= Math.exp(table[own * size + level] as number);
    if (left < 0) return level;
  }
  return own;
}

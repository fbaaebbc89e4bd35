import type { Rng } from '../../core/rng.js';
import type { LevelAxis } from './axis.js';
import type { Belief } from './belief.js';
import type { Layout } from './layout.js';
import { normalCdf } from './normal.js';

/** Observations of a group of parameters, row-major: coordinates and levels as `History` keeps them. */
export type Kernels = { readonly cells: Float64Array; readonly count: number };

export type Shape = {
  /** Weight of the uniform component, where an observation weighs 1 on average. */
  readonly prior: number;
  /** Width of the kernels on each axis (unit intervals; unused where levels have no order). */
  readonly widths: Float64Array;
  /** Share of a kernel on each level where levels have no order: smear / (count + 1), against 1 on its own. */
  readonly smear: number;
  /** One more component: what the user expects; null without priors. */
  readonly belief: Belief | null;
};

const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);
/** e^-25: thousands of such terms change only the ninth digit of a sum. */
const NEGLIGIBLE = -25;
/** Minimum probability of a level: none becomes impossible. */
const LEAST_MASS = 1e-12;

/**
 * A mixture density of products: each observation is a kernel (a normal truncated to the unit interval, or a table of
 * masses for levels), and a uniform prior is one more component. One is made for every proposal, so it avoids the iterators
 * and closures that are compiled late.
 */
export class Mixture {
  readonly #layout: Layout;
  readonly #kernels: Kernels;
  readonly #weights: Float64Array;
  readonly #total: number;
  readonly #widths: Float64Array;
  readonly #tables: readonly Float64Array[];
  /** Coordinates over (width x root 2), so that a squared difference is an exponent; axis by axis. */
  readonly #scaled: Float64Array;
  readonly #inverse: Float64Array;
  readonly #logs: Float64Array;
  readonly #work: Float64Array;
  readonly #logPrior: number;
  readonly #prior: number;
  readonly #belief: Belief | null;

  constructor(layout: Layout, kernels: Kernels, weights: Float64Array, shape: Shape) {
    const { prior, widths, belief } = shape;
    const { lines, levels } = layout;
    const { count } = kernels;
    this.#layout = layout;
    this.#kernels = kernels;
    this.#weights = weights;
    this.#prior = prior;
    this.#belief = belief;
    let total = prior;
    for (let i = 0; i < count; i++) total += weights[i] as number;
    if (belief !== null) total += belief.weight;
    this.#total = total;
    this.#widths = widths;
    this.#tables = levels.map(({ column, axis }) =>
      levelTable(axis, widths[column] as number, shape.smear / (count + 1)),
    );
    this.#inverse = new Float64Array(lines.length);
    for (let j = 0; j < lines.length; j++)
      this.#inverse[j] = Math.SQRT1_2 / (widths[lines[j] as number] as number);
    this.#scaled = new Float64Array(count * lines.length);
    this.#logs = new Float64Array(count);
    this.#work = new Float64Array(count);
    this.#logPrior = Math.log(prior / total) - layout.logLevels;
    this.#prepare();
  }

  #prepare(): void {
    const { cells, count } = this.#kernels;
    const { width, lines } = this.#layout;
    const [inverse, scaled, widths, weights, total] = [
      this.#inverse,
      this.#scaled,
      this.#widths,
      this.#weights,
      this.#total,
    ];
    let norm = 0;
    for (let j = 0; j < lines.length; j++)
      norm += Math.log(widths[lines[j] as number] as number) + LOG_ROOT_2PI;
    for (let i = 0; i < count; i++) {
      let mass = 1;
      let log = Math.log((weights[i] as number) / total) - norm;
      for (let j = 0; j < lines.length; j++) {
        const column = lines[j] as number;
        const mean = cells[i * width + column] as number;
        const sigma = widths[column] as number;
        mass *= normalCdf(mean / sigma) + normalCdf((1 - mean) / sigma) - 1;
        scaled[j * count + i] = mean * (inverse[j] as number);
        // The product of a thousand masses would underflow.
        if (mass < 1e-200) {
          log -= Math.log(mass);
          mass = 1;
        }
      }
      this.#logs[i] = log - Math.log(mass);
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
    this.#addLines(points, at, logs);
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

  /**
   * Writes the kernels' own terms and those of the lines, axis by axis, so that no sum waits for the one before it. Four axes
   * at a time read and write each sum once; the order of the additions is the same.
   */
  #addLines(points: Float64Array, at: number, logs: Float64Array): void {
    const { lines } = this.#layout;
    const [own, scaled, inverse] = [this.#logs, this.#scaled, this.#inverse];
    const count = logs.length;
    const place = (j: number) => (points[at + (lines[j] as number)] as number) * (inverse[j] as number);
    let before = own;
    let j = 0;
    for (; j + 4 <= lines.length; j += 4) {
      const [x0, x1, x2, x3] = [place(j), place(j + 1), place(j + 2), place(j + 3)];
      const start0 = j * count;
      const [start1, start2, start3] = [start0 + count, start0 + 2 * count, start0 + 3 * count];
      for (let i = 0; i < count; i++) {
        const d0 = x0 - (scaled[start0 + i] as number);
        const d1 = x1 - (scaled[start1 + i] as number);
        const d2 = x2 - (scaled[start2 + i] as number);
        const d3 = x3 - (scaled[start3 + i] as number);
        logs[i] = (before[i] as number) - d0 * d0 - d1 * d1 - d2 * d2 - d3 * d3;
      }
      before = logs;
    }
    if (before === own) logs.set(own);
    for (; j < lines.length; j++) {
      const start = j * count;
      const x = place(j);
      for (let i = 0; i < count; i++) {
        const difference = x - (scaled[start + i] as number);
        logs[i] = (logs[i] as number) - difference * difference;
      }
    }
  }

  #addLevels(points: Float64Array, from: number, logs: Float64Array): void {
    const { cells } = this.#kernels;
    const { width, levels } = this.#layout;
    for (let t = 0; t < levels.length; t++) {
      const { column, axis } = levels[t] as Layout['levels'][number];
      const table = this.#tables[t] as Float64Array;
      const { size } = axis;
      const level = points[from + column] as number;
      for (let i = 0, at = column; i < logs.length; i++, at += width) {
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

/**
 * Returns log masses, one row for each level of a kernel. Ordered levels share a truncated normal among their cells;
 * unordered ones put 1 on their own level and `smeared` on every level.
 */
function levelTable({ size, scale }: LevelAxis, sigma: number, smeared: number): Float64Array {
  const table = new Float64Array(size * size);
  for (let own = 0; own < size; own++) {
    let total = 0;
    for (let level = 0; level < size; level++) {
      const mass = scale ? cellMass(scale, own, level, sigma) : (level === own ? 1 : 0) + smeared;
      table[own * size + level] = mass;
      total += mass;
    }
    for (let level = 0; level < size; level++) {
      const at = own * size + level;
      table[at] = Math.log((table[at] as number) / total);
    }
  }
  return table;
}

function cellMass(
  { centers, bounds }: NonNullable<LevelAxis['scale']>,
  own: number,
  level: number,
  sigma: number,
): number {
  const center = centers[own] as number;
  const above = normalCdf(((bounds[level + 1] as number) - center) / sigma);
  return Math.max(LEAST_MASS, above - normalCdf(((bounds[level] as number) - center) / sigma));
}

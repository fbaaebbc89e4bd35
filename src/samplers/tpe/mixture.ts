import type { Rng } from '../../core/rng.js';
import type { Axis, LevelAxis } from './axis.js';
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
};

const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);
/** e^-25: thousands of such terms change only the ninth digit of a sum. */
const NEGLIGIBLE = -25;
/** Minimum probability of a level: none becomes impossible. */
const LEAST_MASS = 1e-12;

/**
 * A mixture density of products: each observation is a kernel (a normal truncated to the unit interval, or a table of
 * masses for levels), and a uniform prior is one more component.
 */
export class Mixture {
  readonly #axes: readonly Axis[];
  readonly #kernels: Kernels;
  readonly #weights: Float64Array;
  readonly #total: number;
  readonly #widths: Float64Array;
  readonly #lines: readonly number[];
  readonly #levels: readonly number[];
  readonly #tables: readonly Float64Array[];
  /** Coordinates over (width x root 2), so that a squared difference is an exponent; axis by axis. */
  readonly #scaled: Float64Array;
  readonly #inverse: Float64Array;
  readonly #logs: Float64Array;
  readonly #work: Float64Array;
  readonly #logPrior: number;

  constructor(axes: readonly Axis[], kernels: Kernels, weights: Float64Array, shape: Shape) {
    const { prior, widths } = shape;
    this.#axes = axes;
    this.#kernels = kernels;
    this.#weights = weights;
    this.#total = weights.reduce((a, b) => a + b, prior);
    this.#widths = widths;
    this.#lines = axes.flatMap((axis, k) => (axis.kind === 'line' ? k : []));
    this.#levels = axes.flatMap((axis, k) => (axis.kind === 'level' ? k : []));
    this.#tables = this.#levels.map((k) =>
      levelTable(axes[k] as LevelAxis, widths[k] as number, shape.smear / (kernels.count + 1)),
    );
    this.#inverse = Float64Array.from(this.#lines, (k) => Math.SQRT1_2 / (widths[k] as number));
    this.#scaled = new Float64Array(kernels.count * this.#lines.length);
    this.#logs = new Float64Array(kernels.count);
    this.#work = new Float64Array(kernels.count);
    this.#logPrior = Math.log(prior / this.#total) - this.#logLevels();
    this.#prepare();
  }

  /** The uniform density over lines is 1, the uniform mass over levels 1 / size each. */
  #logLevels(): number {
    return this.#levels.reduce((sum, k) => sum + Math.log((this.#axes[k] as LevelAxis).size), 0);
  }

  #prepare(): void {
    const { cells, count } = this.#kernels;
    const width = this.#axes.length;
    const lines = this.#lines.length;
    const norm = this.#lines.reduce((sum, k) => sum + Math.log(this.#widths[k] as number) + LOG_ROOT_2PI, 0);
    for (let i = 0; i < count; i++) {
      let mass = 1;
      let log = Math.log((this.#weights[i] as number) / this.#total) - norm;
      for (let j = 0; j < lines; j++) {
        const column = this.#lines[j] as number;
        const mean = cells[i * width + column] as number;
        const sigma = this.#widths[column] as number;
        mass *= normalCdf(mean / sigma) + normalCdf((1 - mean) / sigma) - 1;
        this.#scaled[j * count + i] = mean * (this.#inverse[j] as number);
        // The product of a thousand masses would underflow.
        if (mass < 1e-200) {
          log -= Math.log(mass);
          mass = 1;
        }
      }
      this.#logs[i] = log - Math.log(mass);
    }
  }

  /** Draws a point into `out`. */
  draw(noise: Rng, out: Float64Array): void {
    const { cells, count } = this.#kernels;
    let left = noise.float() * this.#total;
    let kernel = 0;
    for (; kernel < count; kernel++) {
      left -= this.#weights[kernel] as number;
      if (left < 0) break;
    }
    const width = this.#axes.length;
    for (const column of this.#lines) {
      out[column] =
        kernel < count
          ? truncatedNormal(cells[kernel * width + column] as number, this.#widths[column] as number, noise)
          : noise.float();
    }
    for (let t = 0; t < this.#levels.length; t++) {
      const column = this.#levels[t] as number;
      const { size } = this.#axes[column] as LevelAxis;
      out[column] =
        kernel < count
          ? drawLevel(this.#tables[t] as Float64Array, cells[kernel * width + column] as number, size, noise)
          : Math.min(size - 1, Math.floor(noise.float() * size));
    }
  }

  logDensity(point: Float64Array): number {
    const { count } = this.#kernels;
    const logs = this.#work;
    logs.set(this.#logs);
    this.#addLines(point, logs);
    this.#addLevels(point, logs);
    let top = this.#logPrior;
    for (let i = 0; i < count; i++) if ((logs[i] as number) > top) top = logs[i] as number;
    let sum = Math.exp(this.#logPrior - top);
    for (let i = 0; i < count; i++) {
      const below = (logs[i] as number) - top;
      if (below > NEGLIGIBLE) sum += Math.exp(below);
    }
    return top + Math.log(sum);
  }

  /** Adds the line terms axis by axis, so that no sum waits for the one before it. */
  #addLines(point: Float64Array, logs: Float64Array): void {
    const scaled = this.#scaled;
    const count = logs.length;
    for (let j = 0; j < this.#lines.length; j++) {
      const at = j * count;
      const x = (point[this.#lines[j] as number] as number) * (this.#inverse[j] as number);
      for (let i = 0; i < count; i++) {
        const difference = x - (scaled[at + i] as number);
        logs[i] = (logs[i] as number) - difference * difference;
      }
    }
  }

  #addLevels(point: Float64Array, logs: Float64Array): void {
    const { cells } = this.#kernels;
    const width = this.#axes.length;
    for (let t = 0; t < this.#levels.length; t++) {
      const column = this.#levels[t] as number;
      const table = this.#tables[t] as Float64Array;
      const { size } = this.#axes[column] as LevelAxis;
      const level = point[column] as number;
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

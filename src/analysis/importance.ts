import { usageError } from '../core/errors.js';
import type { Rng } from '../core/rng.js';
import type { Space } from '../core/space.js';
import { percentile } from '../core/stats.js';
import { growTree, type Leaf, rowsPerTree } from './forest.js';
import { measure, type Region } from './region.js';
import { type JudgedConfig, makeTable } from './table.js';

export type Importances = {
  /**
   * How much of the objective's variance each parameter explains on its own, summing to 1; the largest first. `low` and
   * `high` bound the middle 80% of the trees of the forest, each of which has seen another sample of the configurations.
   * They are far apart where there are few configurations, or much noise.
   */
  readonly parameters: readonly {
    readonly name: string;
    readonly importance: number;
    readonly low: number;
    readonly high: number;
  }[];
  /** The part of the whole variance that they explain on their own; the rest is their interaction, and noise. */
  readonly explained: number;
  /** Parameters that are not judged, since not every configuration has them. */
  readonly left: readonly string[];
  /** Complete configurations that it was found from. */
  readonly configurations: number;
  /** Fewer than `enough` configurations: the order is mostly chance. */
  readonly tooFew: boolean;
  /** Configurations from which on it says something: 3 for each parameter, and at least 8. */
  readonly enough: number;
  /** Pruned configurations. They are left out: their last values are of different steps. */
  readonly pruned: number;
  /** How many of the values, those farthest from the median, make up nine tenths of the squared differences from it. */
  readonly dominant: number;
  /** Configurations that each tree draws; fewer than there are in a large study. */
  readonly drawn: number;
};

const TREES = 64;
/** Configurations for each parameter, and in all, with which trees find more than chance. */
const ENOUGH = { each: 3, all: 8 };
/** The part of the squared differences that dominant values make up. */
const DOMINANT = 0.9;
/** Variance below this is rounding noise; the values lie between 0 and 1. */
const LEAST_VARIANCE = 1e-24;

/**
 * Functional ANOVA over a random forest (Hutter, Hoos and Leyton-Brown 2014): how much the mean of the objective over
 * everything else varies with each parameter, in the space that is searched (in the logarithm for log ranges). `k`: which
 * objective. All randomness comes from the generator.
 * @throws HpoError importance.too-few (usage) with fewer than two complete configurations.
 */
export function importances(
  space: Space,
  configs: readonly JudgedConfig[],
  k: number,
  rng: Rng,
): Importances {
  const table = makeTable(space, configs, k);
  const configurations = table.values.length;
  if (configurations < 2) {
    const expected = 'expected at least 2 complete configurations with a finite value';
    throw usageError('importance.too-few', `${expected}, got ${configurations}`, {
      fix: 'try again when more trials are complete',
    });
  }
  const enough = enoughFor(table.axes.length + table.left.length);
  const sums = table.axes.map(() => 0);
  /** For each axis, the result of each tree. */
  const shares: number[][] = table.axes.map(() => []);
  let grown = 0;
  for (let tree = 0; tree < TREES; tree++) {
    const leaves = growTree(table, rng).map(weigh);
    const mean = leaves.reduce((sum, leaf) => sum + leaf.weight * leaf.value, 0);
    const variance = leaves.reduce((sum, leaf) => sum + leaf.weight * square(leaf.value - mean), 0);
    // A tree that drew only equal values has no information.
    if (variance < LEAST_VARIANCE) continue;
    grown += 1;
    const parts = table.axes.map((_, axis) => varianceAlong(leaves, axis, mean) / variance);
    const whole = parts.reduce((sum, part) => sum + part, 0);
    for (const [axis, part] of parts.entries()) {
      sums[axis] = (sums[axis] as number) + part;
      shares[axis]?.push(whole > 0 ? part / whole : 0);
    }
  }
  const total = sums.reduce((sum, each) => sum + each, 0);
  return {
    parameters: table.axes
      .map(({ name }, axis) => {
        const importance = total > 0 ? (sums[axis] as number) / total : 0;
        return { name, importance, ...interval(shares[axis] ?? [], importance) };
      })
      .sort((a, b) => b.importance - a.importance),
    explained: grown > 0 ? total / grown : 0,
    left: table.left,
    configurations,
    tooFew: configurations < enough,
    enough,
    pruned: configs.reduce((count, { state }) => count + (state === 'pruned' ? 1 : 0), 0),
    dominant: dominantOf(table.values),
    drawn: rowsPerTree(configurations),
  };
}

/** Returns how many configurations say more than chance of so many parameters. */
export function enoughFor(parameters: number): number {
  return Math.max(ENOUGH.all, ENOUGH.each * parameters);
}

function dominantOf(values: Float64Array): number {
  const middle = percentile([...values], 50);
  const parts = values.map((value) => square(value - middle)).sort();
  const all = parts.reduce((sum, part) => sum + part, 0);
  let [count, covered] = [0, 0];
  for (; covered < DOMINANT * all && count < parts.length; count++)
    covered += parts[parts.length - 1 - count] as number;
  return count;
}

/** The middle 80%, with the mean in it. */
function interval(shares: readonly number[], importance: number): { low: number; high: number } {
  if (shares.length === 0) return { low: importance, high: importance };
  return {
    low: Math.min(importance, percentile(shares, 10)),
    high: Math.max(importance, percentile(shares, 90)),
  };
}

type Weighed = Leaf & { readonly weight: number };

function weigh(leaf: Leaf): Weighed {
  return { ...leaf, weight: leaf.regions.reduce((product, region) => product * measure(region), 1) };
}

/** Variance of the mean over all other axes, along one of them. */
function varianceAlong(leaves: readonly Weighed[], axis: number, mean: number): number {
  // Where regions begin and end, the mean changes by this much.
  const changes = new Map<number, number>();
  const change = (at: number, by: number) => changes.set(at, (changes.get(at) ?? 0) + by);
  let [length, end] = [1, 1];
  for (const { regions, weight, value } of leaves) {
    const region = regions[axis] as Region;
    const by = (weight / measure(region)) * (value - mean);
    if ('choices' in region) {
      // Choices lie side by side, each as wide as the others.
      [length, end] = [1 / region.of, region.of];
      for (const choice of region.choices) {
        change(choice, by);
        change(choice + 1, -by);
      }
    } else {
      change(region.low, by);
      change(region.high, -by);
    }
  }
  const places = [...changes].sort(([a], [b]) => a - b);
  let [level, variance] = [0, 0];
  for (const [n, [at, by]] of places.entries()) {
    level += by;
    variance += ((places[n + 1]?.[0] ?? end) - at) * square(level);
  }
  return variance * length;
}

function square(x: number): number {
  return x * x;
}

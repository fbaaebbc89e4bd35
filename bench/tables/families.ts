import { categorical, float, int } from '../../src/core/distribution.js';
import type { Family } from '../tune/family.js';
import { square } from '../tune/shapes.js';
import { fair, nested } from './branches.js';
import { chain, flags, forest } from './held.js';
import { between, list, luckOf, rounded, table } from './table.js';

// Families that resemble tables of measured configurations: choices with interactions, ordered grids, plateaus, ties, and what
// chance adds to each cell. The same cell always has the same value.

/** Edges of a cell of four nodes: from, to. */
const EDGES = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
] as const;
const OPERATIONS = ['none', 'skip', 'conv1', 'conv3', 'pool'];

/** A cell of a network: what arrives at its end decides, and a cell without a path learns nothing. */
const cell = table('table: network cell', (rng) => {
  const strength = [
    0,
    between(rng, 0.2, 0.5),
    between(rng, 0.5, 0.9),
    between(rng, 0.7, 1.1),
    between(rng, 0.1, 0.5),
  ];
  const edge = EDGES.map(() => between(rng, 0.5, 1.5));
  const salt = rng.int(2 ** 31);
  return {
    specs: EDGES.map((_, k) => ({ name: `edge${k}`, distribution: categorical(OPERATIONS) })),
    value(p) {
      const at = EDGES.map((_, k) => OPERATIONS.indexOf(p[`edge${k}`] as string));
      const node = [1, 0, 0, 0];
      for (const [k, [from, to]] of EDGES.entries()) {
        const op = at[k] as number;
        const arriving = (node[from] as number) * (strength[op] as number) * (edge[k] as number);
        node[to] = Math.tanh((node[to] as number) + arriving);
      }
      const skips = at.filter((op) => op === 1).length;
      const end = (node[3] as number) - 0.02 * square(skips - 1);
      if (end <= 0.05) return 0.9;
      return rounded(0.06 + 0.6 * Math.exp(-3 * end) + 0.004 * luckOf(at, salt), 4);
    },
  };
});

const RATES = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1];
const SIZES = [16, 32, 64, 128, 256, 512];

/** Regression by a small network on a grid: ordered and unordered, with rates that diverge to one value. */
const grid = table('table: network grid', (rng) => {
  const best = {
    rate: between(rng, 0, 3.5),
    size: between(rng, 2, 5),
    drop: between(rng, 0, 1.5),
    batch: between(rng, 0, 3),
  };
  const activation = list(4, () => between(rng, 0, 0.15));
  const cosine = between(rng, -0.1, 0.1);
  const cliff = between(rng, 1.2, 2.2);
  const salt = rng.int(2 ** 31);
  const ordered = (values: readonly number[]) => categorical(values, { ordered: true });
  return {
    specs: [
      { name: 'rate', distribution: ordered(RATES) },
      { name: 'batch', distribution: ordered([8, 16, 32, 64]) },
      { name: 'schedule', distribution: categorical(['cosine', 'fixed']) },
      { name: 'act1', distribution: categorical(['relu', 'tanh']) },
      { name: 'act2', distribution: categorical(['relu', 'tanh']) },
      { name: 'size1', distribution: ordered(SIZES) },
      { name: 'size2', distribution: ordered(SIZES) },
      { name: 'drop1', distribution: float(0, 0.6, { step: 0.3 }) },
      { name: 'drop2', distribution: float(0, 0.6, { step: 0.3 }) },
    ],
    value(p) {
      const rate = RATES.indexOf(p.rate as number);
      const batch = Math.log2((p.batch as number) / 8);
      const sizes = [p.size1, p.size2].map((size) => SIZES.indexOf(size as number));
      const drops = [p.drop1, p.drop2].map((drop) => Math.round((drop as number) / 0.3));
      const acts = [p.act1 === 'relu' ? 0 : 1, p.act2 === 'relu' ? 0 : 1];
      const fixed = p.schedule === 'fixed' ? 1 : 0;
      const off = rate - best.rate - 0.4 * (batch - best.batch);
      if (off > cliff) return 1;
      const at = [rate, batch, ...sizes, ...drops, ...acts, fixed];
      const value =
        0.05 * square(off) +
        0.015 * (square((sizes[0] as number) - best.size) + square((sizes[1] as number) - best.size + 1)) +
        0.03 * (square((drops[0] as number) - best.drop) + square((drops[1] as number) - best.drop)) +
        (activation[2 * (acts[0] as number) + (acts[1] as number)] as number) +
        fixed * cosine * (1 + 0.3 * off) +
        0.012 * luckOf(at, salt);
      return rounded(Math.min(1, 0.2 + value), 3);
    },
  };
});

/** A few hundred configurations, of which a search sees a great part. */
const small = table('table: few cells', (rng) => {
  const [x, y] = [between(rng, 0, 5), between(rng, 0, 4)];
  const kinds = list(4, () => between(rng, 0, 0.3));
  const turn = list(4, () => between(rng, -0.2, 0.2));
  const salt = rng.int(2 ** 31);
  return {
    specs: [
      { name: 'rate', distribution: categorical([1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2], { ordered: true }) },
      { name: 'width', distribution: int(1, 5) },
      { name: 'kind', distribution: categorical(['a', 'b', 'c', 'd']) },
      { name: 'norm', distribution: categorical([true, false]) },
    ],
    value(p) {
      const rate = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2].indexOf(p.rate as number);
      const width = (p.width as number) - 1;
      const kind = 'abcd'.indexOf(p.kind as string);
      const norm = p.norm === true ? 0 : 1;
      const bowl = 0.03 * square(rate - x - (turn[kind] as number) * 3) + 0.02 * square(width - y);
      return rounded(
        0.1 +
          bowl +
          (kinds[kind] as number) +
          0.08 * norm * (rate > 3 ? 2 : 0.5) +
          0.02 * luckOf([rate, width, kind, norm], salt),
        3,
      );
    },
  };
});

/** Whole numbers whose value changes at a few thresholds alone. */
const plateaus = table('table: plateaus', (rng) => {
  const d = 6;
  const best = list(d, () => rng.int(12));
  const reach = list(d, () => between(rng, 1.5, 4));
  const weight = list(d, () => between(rng, 0.3, 1.5));
  return {
    specs: best.map((_, k) => ({ name: `n${k}`, distribution: int(0, 11) })),
    value: (p) =>
      best.reduce((sum, b, k) => {
        const steps = Math.floor(Math.abs((p[`n${k}`] as number) - b) / (reach[k] as number));
        return sum + Math.round(4 * (weight[k] as number) * Math.min(3, steps)) / 4;
      }, 0),
  };
});

/** Floats on log scales beside choices that move their optimum. */
const shifted = table('choices that move optima', (rng) => {
  const models = 3;
  const optimum = list(models, () => between(rng, -3.5, -0.5));
  const decay = list(models, () => between(rng, -5, -2));
  const offset = list(models, () => between(rng, 0, 0.25));
  const options = list(4, () => between(rng, 0, 0.4));
  return {
    specs: [
      { name: 'rate', distribution: float(1e-4, 1, { log: true }) },
      { name: 'decay', distribution: float(1e-6, 0.1, { log: true }) },
      { name: 'mix', distribution: float(0, 1) },
      { name: 'model', distribution: categorical(['a', 'b', 'c']) },
      { name: 'option', distribution: categorical(['p', 'q', 'r', 's']) },
      { name: 'flag', distribution: categorical([true, false]) },
    ],
    value(p) {
      const model = 'abc'.indexOf(p.model as string);
      const option = 'pqrs'.indexOf(p.option as string);
      return (
        0.2 * square(Math.log10(p.rate as number) - (optimum[model] as number)) +
        0.05 * square(Math.log10(p.decay as number) - (decay[model] as number)) +
        (offset[model] as number) +
        (options[option] as number) +
        (p.flag === true ? 0.1 : 0.3 * square((p.mix as number) - 0.3))
      );
    },
  };
});

/** Those that constants may be chosen on. */
export const tables: readonly Family[] = [cell, grid, small, plateaus, shifted, nested, fair];
/** Those that only show afterwards whether that was right. */
export const heldTables: readonly Family[] = [flags, forest, chain];

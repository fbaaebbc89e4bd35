import { categorical, int } from '../../src/core/distribution.js';
import { square } from '../tune/shapes.js';
import { between, list, luckOf, rounded, table } from './table.js';

/** On and off, as of a compiler: most flags matter little, some only together. */
export const flags = table('table: flags', (rng) => {
  const d = 12;
  const own = list(d, () => (rng.float() < 0.5 ? 0.1 : 1) * rng.normal());
  const pairs = list(10, () => 0).map(() => [rng.int(d), rng.int(d), rng.normal()] as const);
  const level = list(4, () => rng.float());
  return {
    specs: [
      ...own.map((_, k) => ({ name: `flag${k}`, distribution: categorical([true, false]) })),
      { name: 'level', distribution: categorical(['O0', 'O1', 'O2', 'O3'], { ordered: true }) },
    ],
    value(p) {
      const on = own.map((_, k) => (p[`flag${k}`] === true ? 1 : 0));
      const alone = own.reduce((sum, w, k) => sum + w * (on[k] as number), 0);
      const together = pairs.reduce((sum, [a, b, w]) => sum + w * (on[a] as number) * (on[b] as number), 0);
      return rounded(
        alone + together + (level[['O0', 'O1', 'O2', 'O3'].indexOf(p.level as string)] as number),
        2,
      );
    },
  };
});

/** Trees over a mixed grid: steps and interactions everywhere. */
export const forest = table('table: forest', (rng) => {
  const sizes = [6, 6, 8, 5, 4, 3, 3];
  const isOrdered = [true, true, true, true, false, false, false];
  const rank = sizes.map((n, k) => {
    const order = list(n, (level) => level);
    if (!(isOrdered[k] as boolean)) order.sort(() => rng.float() - 0.5);
    return order;
  });
  const trees = list(12, () => 0).map(() =>
    list(4, () => 0).map(() => {
      const k = rng.int(sizes.length);
      return [k, rng.int((sizes[k] as number) - 1)] as const;
    }),
  );
  const leaves = trees.map(() => list(16, () => rng.normal()));
  return {
    specs: sizes.map((n, k) => ({
      name: `p${k}`,
      distribution: (isOrdered[k] as boolean)
        ? int(0, n - 1)
        : categorical(Array.from('abcdefgh').slice(0, n)),
    })),
    value(p) {
      const at = sizes.map((_, k) => {
        const value = p[`p${k}`];
        return rank[k]?.[typeof value === 'number' ? value : 'abcdefgh'.indexOf(value as string)] as number;
      });
      return rounded(
        trees.reduce((sum, splits, t) => {
          const leaf = splits.reduce((bits, [k, cut]) => 2 * bits + ((at[k] as number) > cut ? 1 : 0), 0);
          return sum + (leaves[t]?.[leaf] as number);
        }, 0),
        2,
      );
    },
  };
});

/** Layers of a network in a row, of which some may be left out. */
export const chain = table('table: layers in a row', (rng) => {
  const ops = ['none', 'conv1', 'conv3', 'pool'];
  const gain = list(16, () => between(rng, -0.15, 0.4));
  const salt = rng.int(2 ** 31);
  return {
    specs: [
      ...list(5, (k) => k).map((k) => ({ name: `layer${k}`, distribution: categorical(ops) })),
      { name: 'width', distribution: categorical([8, 16, 32, 64], { ordered: true }) },
      { name: 'stride', distribution: int(1, 3) },
    ],
    value(p) {
      const at = list(5, (k) => ops.indexOf(p[`layer${k}`] as string));
      const used = at.filter((op) => op > 0);
      let total = 0;
      for (let k = 1; k < used.length; k++)
        total += gain[4 * (used[k - 1] as number) + (used[k] as number)] as number;
      const width = Math.log2((p.width as number) / 8);
      const cost =
        0.08 * square(used.length - 3) +
        0.05 * square(width - 2) +
        0.04 * (p.stride as number) * (used.length > 3 ? 1 : 0.3);
      return rounded(
        0.5 * Math.exp(-total + cost) + 0.01 * luckOf([...at, width, p.stride as number], salt),
        4,
      );
    },
  };
});

import { categorical, float } from '../../src/core/distribution.js';
import type { ParamSpec } from '../../src/core/space.js';
import { square } from '../tune/shapes.js';
import { between, list, table } from './table.js';

/** Branches in branches: an algorithm with a kernel or a solver, each with parameters of its own. */
export const nested = table('branches in branches', (rng) => {
  const leaf = list(6, () => between(rng, 0, 0.3));
  const at = list(18, () => rng.float());
  const [common, flat] = [rng.float(), rng.float()];
  const algorithms = ['a', 'b', 'c'];
  const specs: ParamSpec[] = [
    { name: 'algorithm', distribution: categorical(algorithms) },
    { name: 'common', distribution: float(0, 1) },
  ];
  for (const algorithm of algorithms) {
    specs.push({
      name: `${algorithm}_kind`,
      distribution: categorical(['x', 'y']),
      when: { algorithm },
    });
    specs.push({
      name: `${algorithm}_rate`,
      distribution: float(1e-3, 1, { log: true }),
      when: { algorithm },
    });
    for (const kind of ['x', 'y'])
      specs.push({
        name: `${algorithm}_${kind}_size`,
        distribution: float(0, 1),
        when: { algorithm, [`${algorithm}_kind`]: kind },
      });
  }
  return {
    specs,
    value(p) {
      const a = algorithms.indexOf(p.algorithm as string);
      const name = p.algorithm as string;
      const kind = p[`${name}_kind`] as string;
      const k = 2 * a + (kind === 'x' ? 0 : 1);
      const rate = (Math.log10(p[`${name}_rate`] as number) + 3) / 3;
      const size = p[`${name}_${kind}_size`] as number;
      return (
        (leaf[k] as number) +
        square(rate - (at[k] as number)) +
        square(size - (at[6 + k] as number)) +
        0.5 * square((p.common as number) - common * (0.5 + 0.5 * flat))
      );
    },
  };
});

/** Branches of which each has a least value, and a slope that says how much its parameters matter. */
export const fair = table('branch that is always fair', (rng) => {
  const branches = ['a', 'b', 'c', 'd'];
  const at = list(8, () => rng.float());
  const common = rng.float();
  const floor = list(4, () => between(rng, 0, 0.3));
  const slope = list(4, () => between(rng, 0.1, 2));
  return {
    specs: [
      { name: 'kind', distribution: categorical(branches) },
      { name: 'common', distribution: float(0, 1) },
      ...branches.flatMap((kind): ParamSpec[] => [
        { name: `${kind}_x`, distribution: float(0, 1), when: { kind } },
        { name: `${kind}_y`, distribution: float(0, 1), when: { kind } },
      ]),
    ],
    value(p) {
      const k = branches.indexOf(p.kind as string);
      const kind = p.kind as string;
      return (
        (floor[k] as number) +
        (slope[k] as number) *
          (square((p[`${kind}_x`] as number) - (at[2 * k] as number)) +
            square((p[`${kind}_y`] as number) - (at[2 * k + 1] as number))) +
        0.2 * square((p.common as number) - common)
      );
    },
  };
});

import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { makeRng, type Rng } from '../../src/core/rng.js';
import { makeSpace, type ParamSpec } from '../../src/core/space.js';
import type { Family } from './family.js';
import { square } from './shapes.js';

function other(
  name: string,
  make: (rng: Rng) => { specs: readonly ParamSpec[]; value: (p: Params) => number },
  noise = 0,
): Family {
  return {
    name,
    make(seed) {
      const { specs, value } = make(makeRng(seed, 'family', name));
      return { name, kind: name, space: makeSpace(specs), value, noise, outliers: 0 };
    },
  };
}

const between = (rng: Rng, low: number, high: number) => low + (high - low) * rng.float();
const costs = (rng: Rng, n: number): readonly number[] => {
  const all = Array.from({ length: n }, () => rng.float());
  const least = Math.min(...all);
  return all.map((v) => v - least);
};
const letters = (n: number) => Array.from('abcdefgh').slice(0, n);

/** Returns a family that resembles trainings: log-scale rates with a cliff, sizes, choices that interact, some noise. */
export function training(name: string, noise: number): Family {
  return other(
    name,
    (rng) => {
      const [lr, wd, width, drop] = [
        between(rng, -4, -1.5),
        between(rng, -5, -2),
        between(rng, 5, 8),
        between(rng, 0, 0.6),
      ];
      const [kinds, acts] = [costs(rng, 3), costs(rng, 4)];
      const shift = costs(rng, 3);
      return {
        specs: [
          { name: 'lr', distribution: float(1e-6, 1, { log: true }) },
          { name: 'wd', distribution: float(1e-7, 0.1, { log: true }) },
          { name: 'width', distribution: int(8, 1024, { log: true }) },
          { name: 'layers', distribution: int(1, 8) },
          { name: 'drop', distribution: float(0, 0.9, { step: 0.05 }) },
          { name: 'batch', distribution: categorical([16, 32, 64, 128, 256], { ordered: true }) },
          { name: 'opt', distribution: categorical(letters(3)) },
          { name: 'act', distribution: categorical(letters(4)) },
        ],
        value(p) {
          const opt = letters(3).indexOf(p.opt as string);
          const off =
            Math.log10(p.lr as number) -
            lr -
            (shift[opt] as number) -
            0.15 * Math.log2((p.batch as number) / 64);
          const rate = off > 1 ? 0.6 + 0.02 * off : Math.min(0.6, 0.15 * off * off);
          const size =
            0.02 * square(Math.log2(p.width as number) - width) + 0.01 * square((p.layers as number) - 3);
          const regular =
            0.02 * square(Math.log10(p.wd as number) - wd) + 0.15 * square((p.drop as number) - drop);
          return (
            rate +
            size +
            regular +
            0.1 * (kinds[opt] as number) +
            0.1 * (acts[letters(4).indexOf(p.act as string)] as number)
          );
        },
      };
    },
    noise,
  );
}

export function branches(name: string, count: number): Family {
  return other(name, (rng) => {
    const base = costs(rng, count).map((v) => 0.3 * v);
    const best = Array.from(
      { length: count },
      () => [rng.float(), rng.float(), between(rng, 1, 12)] as const,
    );
    const common = rng.float();
    const specs: ParamSpec[] = [{ name: 'model', distribution: categorical(letters(count)) }];
    letters(count).forEach((model) => {
      specs.push(
        { name: `${model}_rate`, distribution: float(1e-4, 1, { log: true }), when: { model } },
        { name: `${model}_mix`, distribution: float(0, 1), when: { model } },
        { name: `${model}_depth`, distribution: int(1, 12), when: { model } },
      );
    });
    specs.push({ name: 'common', distribution: float(0, 1) });
    return {
      specs,
      value(p) {
        const k = letters(count).indexOf(p.model as string);
        const [rate, mix, depth] = best[k] as readonly [number, number, number];
        const model = p.model as string;
        return (
          (base[k] as number) +
          2 * square(Math.log10(p[`${model}_rate`] as number) / 4 + rate) +
          square((p[`${model}_mix`] as number) - mix) +
          0.01 * square((p[`${model}_depth`] as number) - depth) +
          square((p.common as number) - common)
        );
      },
    };
  });
}

export const lattice = (d: number, high: number) =>
  other(`integers ${d} x ${high + 1}`, (rng) => {
    const best = Array.from({ length: d }, () => rng.int(high + 1));
    const weight = Array.from({ length: d }, () => between(rng, 0.2, 2));
    return {
      specs: best.map((_, k) => ({ name: `i${k}`, distribution: int(0, high) })),
      value: (p) =>
        best.reduce(
          (sum, b, k) => sum + (weight[k] as number) * square(((p[`i${k}`] as number) - b) / high),
          0,
        ),
    };
  });

export const choices = (d: number, n: number) =>
  other(`choices ${d} x ${n}`, (rng) => {
    const cost = Array.from({ length: d }, () => costs(rng, n));
    const pair = Array.from({ length: d - 1 }, () => costs(rng, n * n));
    return {
      specs: cost.map((_, k) => ({ name: `c${k}`, distribution: categorical(letters(n)) })),
      value(p) {
        const at = cost.map((_, k) => letters(n).indexOf(p[`c${k}`] as string));
        const alone = at.reduce((sum, level, k) => sum + (cost[k]?.[level] as number), 0);
        return (
          alone +
          0.3 *
            pair.reduce(
              (sum, each, k) => sum + (each[(at[k] as number) * n + (at[k + 1] as number)] as number),
              0,
            )
        );
      },
    };
  });

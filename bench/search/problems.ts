import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { makeSpace, type ParamSpec, type Space } from '../../src/core/space.js';

/** A function to minimize. */
export type Problem = {
  readonly name: string;
  readonly kind: string;
  readonly space: Space;
  /** NaN: the trial fails. */
  readonly value: (params: Params) => number;
  /** Standard deviation of the noise in the reported value; the result is measured without noise. */
  readonly noise: number;
  /** The share of trials that report a huge value instead. */
  readonly outliers: number;
};

export type Point = readonly number[];
export const sum = (point: Point, f: (x: number, k: number) => number) =>
  point.reduce((a, x, k) => a + f(x, k), 0);
export const square = (x: number) => x * x;

/** Returns a problem of floats. */
export function continuous(
  name: string,
  kind: string,
  ranges: readonly (readonly [number, number])[],
  f: (x: Point) => number,
  noise = 0,
): Problem {
  const specs = ranges.map(
    ([low, high], k): ParamSpec => ({ name: `x${k}`, distribution: float(low, high) }),
  );
  const value = (params: Params) => f(ranges.map((_, k) => params[`x${k}`] as number));
  return { name, kind, space: makeSpace(specs), value, noise, outliers: 0 };
}

export function cube(d: number, low: number, high: number): (readonly [number, number])[] {
  return Array.from({ length: d }, () => [low, high] as const);
}

/** Returns a fixed position for an optimum: off the center, different on every axis. */
export function place(d: number, reach: number): Point {
  return Array.from({ length: d }, (_, k) => reach * Math.sin(2.3 + 5.1 * k));
}

/** Applies a fixed rotation: one plane after the other. */
export function rotate(point: Point): Point {
  const x = [...point];
  for (let i = 0; i < x.length; i++) {
    const j = (3 * i + 1) % x.length;
    if (i === j) continue;
    const [c, s] = [Math.cos(1 + i), Math.sin(1 + i)];
    const [a, b] = [x[i] as number, x[j] as number];
    x[i] = c * a - s * b;
    x[j] = s * a + c * b;
  }
  return x;
}

const HARTMANN = {
  alpha: [1, 1.2, 3, 3.2],
  a: [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ],
  p: [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
  ],
} as const;

const named: readonly Problem[] = [
  continuous('sphere10', 'separable', cube(10, -5, 5), (x) => sum(x, square)),
  continuous('rosen10', 'curved valley', cube(10, -5, 5), (x) =>
    sum(x.slice(1), (next, k) => {
      const here = x[k] as number;
      return 100 * square(next - here * here) + square(1 - here);
    }),
  ),
  continuous(
    'branin',
    'three optima',
    [
      [-5, 10],
      [0, 15],
    ],
    (point) => {
      const [x, y] = point as [number, number];
      const bend = y - (5.1 / (4 * Math.PI * Math.PI)) * x * x + (5 / Math.PI) * x - 6;
      return bend * bend + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
    },
  ),
  continuous('hartmann6', 'few optima', cube(6, 0, 1), (x) => {
    const { alpha, a, p } = HARTMANN;
    return -sum(alpha, (c, i) => {
      const [ai, pi] = [a[i] as Point, p[i] as Point];
      return c * Math.exp(-sum(x, (v, j) => (ai[j] as number) * square(v - (pi[j] as number))));
    });
  }),
];

const continuousOthers: readonly Problem[] = [
  continuous('ellipsoid10', 'rotated, badly scaled', cube(10, -5, 5), (x) => {
    const center = place(10, 2.5);
    const turned = rotate(x.map((v, k) => v - (center[k] as number)));
    return sum(turned, (v, k) => Math.exp((Math.log(100) * k) / 9) * v * v);
  }),
  continuous('rastrigin5', 'very many optima', cube(5, -5.12, 5.12), (x) => {
    const center = place(5, 2.5);
    return (
      50 +
      sum(
        x,
        (v, k) =>
          square(v - (center[k] as number)) - 10 * Math.cos(2 * Math.PI * (v - (center[k] as number))),
      )
    );
  }),
  continuous('ackley8', 'many optima in a funnel', cube(8, -10, 10), (x) => {
    const center = place(8, 6);
    const moved = x.map((v, k) => v - (center[k] as number));
    const far = 20 * Math.exp(-0.2 * Math.sqrt(sum(moved, square) / 8));
    return 20 + Math.E - far - Math.exp(sum(moved, (v) => Math.cos(2 * Math.PI * v)) / 8);
  }),
  continuous(
    'noisy6',
    'noisy',
    cube(6, 0, 1),
    (x) => {
      const center = place(6, 0.35);
      return 20 * sum(x, (v, k) => square(v - 0.5 - (center[k] as number)));
    },
    0.5,
  ),
  continuous('sphere40', '40 dimensions', cube(40, -5, 5), (x) => {
    const center = place(40, 2.5);
    return sum(x, (v, k) => square(v - (center[k] as number)));
  }),
];

/** Returns a problem of any parameters. */
export function other(
  name: string,
  kind: string,
  specs: readonly ParamSpec[],
  value: Problem['value'],
): Problem {
  return { name, kind, space: makeSpace(specs), value, noise: 0, outliers: 0 };
}

const mixed: readonly Problem[] = [
  other(
    'mixed6',
    'floats, ints, logs and choices',
    [
      { name: 'rate', distribution: float(1e-5, 1, { log: true }) },
      { name: 'layers', distribution: int(1, 16) },
      { name: 'kind', distribution: categorical(['x', 'y', 'z']) },
      { name: 'drop', distribution: float(0, 1) },
      { name: 'width', distribution: int(16, 512, { log: true }) },
      { name: 'norm', distribution: categorical(['p', 'q', 'r', 's']) },
    ],
    (p) => {
      const rate = Math.log10(p.rate as number) + 2.3;
      const kind = { x: 0, y: 0.4, z: 0.8 }[p.kind as 'x' | 'y' | 'z'];
      const norm = { p: 0.5, q: 0, r: 0.2, s: 0.9 }[p.norm as 'p' | 'q' | 'r' | 's'];
      const drop = p.drop as number;
      const size =
        0.02 * square((p.layers as number) - 11) + 0.15 * square(Math.log2(p.width as number) - 7.2);
      return (
        rate * rate * (p.kind === 'y' ? 0.3 : 0.6) +
        kind +
        size +
        norm * (drop > 0.5 ? 1 : 0.4) +
        2 * square(drop - 0.7)
      );
    },
  ),
  other(
    'conditional',
    'three branches',
    [
      { name: 'opt', distribution: categorical(['sgd', 'adam', 'tree']) },
      { name: 'lr', distribution: float(1e-5, 1, { log: true }), when: { opt: ['sgd', 'adam'] } },
      { name: 'momentum', distribution: float(0, 1), when: { opt: 'sgd' } },
      { name: 'beta', distribution: float(0.9, 0.9999), when: { opt: 'adam' } },
      { name: 'depth', distribution: int(1, 20), when: { opt: 'tree' } },
      { name: 'eta', distribution: float(0.01, 1, { log: true }), when: { opt: 'tree' } },
      { name: 'decay', distribution: float(0, 5) },
    ],
    (p) => {
      const decay = 0.05 * square((p.decay as number) - 1.7);
      if (p.opt === 'tree') {
        return (
          0.3 + 0.01 * square((p.depth as number) - 7) + 0.3 * square(Math.log10(p.eta as number) + 1) + decay
        );
      }
      const lr = Math.log10(p.lr as number);
      if (p.opt === 'sgd')
        return 0.1 + 0.3 * square(lr + 1.5) + 3 * square((p.momentum as number) - 0.85) + decay;
      return 0.15 + 0.4 * square(lr + 3) + 10 * square((p.beta as number) - 0.99) + decay;
    },
  ),
  other(
    'lattice8',
    'integers',
    Array.from({ length: 8 }, (_, k) => ({ name: `i${k}`, distribution: int(0, 20) })),
    (p) => sum([3, 17, 8, 10, 5, 14, 19, 2], (best, k) => square((p[`i${k}`] as number) - best)),
  ),
  other(
    'choices8',
    'unordered choices',
    Array.from({ length: 8 }, (_, k) => ({
      name: `c${k}`,
      distribution: categorical(['a', 'b', 'c', 'd', 'e']),
    })),
    (p) => {
      const level = (k: number) => 'abcde'.indexOf(p[`c${k}`] as string);
      const costs = Array.from({ length: 8 }, (_, k) => ((level(k) + 2 * k) % 5) * (1 + 0.2 * k));
      return sum(costs, (cost) => cost) + (p.c0 === p.c1 ? 1.5 : 0);
    },
  ),
];

/** The four with figures of Optuna 5, then others of other kinds. */
export const problems: readonly Problem[] = [...named, ...continuousOthers, ...mixed];

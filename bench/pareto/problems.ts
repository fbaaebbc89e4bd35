import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { makeSpace, type Space } from '../../src/core/space.js';

/** Two objectives, both to be minimized. */
export type FrontProblem = {
  readonly name: string;
  readonly space: Space;
  readonly values: (params: Params) => readonly [number, number];
  /** Reference point: the corner up to which the dominated area counts. */
  readonly worst: readonly [number, number];
};

const numbers = (count: number) =>
  makeSpace(Array.from({ length: count }, (_, k) => ({ name: `x${k}`, distribution: float(0, 1) })));
const point = (params: Params) => Object.values(params).map(Number);
const sum = (x: readonly number[], f: (v: number) => number) => x.reduce((total, v) => total + f(v), 0);

/** ZDT1 to 3 of Zitzler, Deb and Thiele (Evolutionary Computation 8(2), 2000): convex, concave, in pieces. */
function zdt(name: string, count: number, front: (first: number, ratio: number) => number): FrontProblem {
  return {
    name,
    space: numbers(count),
    values(params) {
      const [first = 0, ...rest] = point(params);
      const g = 1 + (9 * sum(rest, (v) => v)) / rest.length;
      return [first, g * front(first, first / g)];
    },
    worst: [1.1, 6],
  };
}

/** Distances to two points. */
const spheres: FrontProblem = {
  name: 'two spheres',
  space: numbers(5),
  values(params) {
    const x = point(params);
    return [sum(x, (v) => (v - 0.3) * (v - 0.3)), sum(x, (v) => (v - 0.7) * (v - 0.7))];
  },
  worst: [1, 1],
};

/** Fonseca and Fleming (1995): flat except in a small region. */
const fonseca: FrontProblem = {
  name: 'needles',
  space: numbers(4),
  values(params) {
    const x = point(params).map((v) => 8 * v - 4);
    const away = (from: number) => 1 - Math.exp(-sum(x, (v) => (v - from) * (v - from)));
    return [away(0.5), away(-0.5)];
  },
  worst: [1, 1],
};

/** Error against size of a synthetic network, with a branch. */
const network: FrontProblem = {
  name: 'error and size',
  space: makeSpace([
    { name: 'rate', distribution: float(1e-5, 1, { log: true }) },
    { name: 'opt', distribution: categorical(['sgd', 'adam', 'rms']) },
    { name: 'momentum', distribution: float(0, 0.99), when: { opt: 'sgd' } },
    { name: 'layers', distribution: int(1, 8) },
    { name: 'width', distribution: int(8, 512, { log: true }) },
  ]),
  values({ rate, opt, momentum, layers, width }) {
    const capacity = (Math.log2(Number(width)) / 9) * 0.6 + Number(layers) / 20;
    const off = Math.log10(Number(rate)) + (opt === 'sgd' ? 1 : 3);
    const branch = opt === 'sgd' ? Math.abs(Number(momentum) - 0.9) / 5 : opt === 'adam' ? 0 : 0.05;
    const error = 0.3 * Math.exp(-3 * capacity) + 0.05 * off * off + branch;
    return [error, Math.log10(Number(layers) * Number(width) * Number(width))];
  },
  worst: [1, 7],
};

export const problems: readonly FrontProblem[] = [
  zdt('convex (ZDT1)', 6, (_, ratio) => 1 - Math.sqrt(ratio)),
  zdt('concave (ZDT2)', 6, (_, ratio) => 1 - ratio * ratio),
  zdt('in pieces (ZDT3)', 8, (first, ratio) => 1 - Math.sqrt(ratio) - ratio * Math.sin(10 * Math.PI * first)),
  spheres,
  fonseca,
  network,
];

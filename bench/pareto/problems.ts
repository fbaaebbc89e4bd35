import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { makeSpace, type Space } from '../../src/core/space.js';

/** Two or three objectives, all to be minimized. */
export type FrontProblem = {
  readonly name: string;
  readonly text: string;
  readonly space: Space;
  readonly values: (params: Params) => readonly number[];
  /** Reference point: the corner up to which the dominated volume counts. */
  readonly worst: readonly number[];
};

const numbers = (count: number) =>
  makeSpace(Array.from({ length: count }, (_, k) => ({ name: `x${k}`, distribution: float(0, 1) })));
const point = (params: Params) => Object.values(params).map(Number);
const sum = (x: readonly number[], f: (v: number) => number) => x.reduce((total, v) => total + f(v), 0);

/** ZDT1 to 3 of Zitzler, Deb and Thiele (Evolutionary Computation 8(2), 2000): convex, concave, in pieces. */
function zdt(
  name: string,
  text: string,
  count: number,
  front: (first: number, ratio: number) => number,
): FrontProblem {
  return {
    name,
    text,
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
  name: 'spheres',
  text: 'distances to two points',
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
  text: 'flat except in a small region',
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
  name: 'size',
  text: 'error against size, with a branch',
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

/** DTLZ2 of Deb, Thiele, Laumanns and Zitzler (CEC 2002): three objectives, whose front is an eighth of a sphere. */
const sphere: FrontProblem = {
  name: 'DTLZ2',
  text: 'three objectives on a sphere',
  space: numbers(7),
  values(params) {
    const [a = 0, b = 0, ...rest] = point(params);
    const radius = 1 + sum(rest, (v) => (v - 0.5) * (v - 0.5));
    const [u, v] = [(a * Math.PI) / 2, (b * Math.PI) / 2];
    return [radius * Math.cos(u) * Math.cos(v), radius * Math.cos(u) * Math.sin(v), radius * Math.sin(u)];
  },
  worst: [1.1, 1.1, 1.1],
};

const zdt1 = (_: number, ratio: number) => 1 - Math.sqrt(ratio);
const zdt2 = (_: number, ratio: number) => 1 - ratio * ratio;
const zdt3 = (first: number, ratio: number) => 1 - Math.sqrt(ratio) - ratio * Math.sin(10 * Math.PI * first);

export const problems: readonly FrontProblem[] = [
  zdt('ZDT1', 'convex', 6, zdt1),
  zdt('ZDT2', 'concave', 6, zdt2),
  zdt('ZDT3', 'in pieces', 8, zdt3),
  zdt('ZDT1-30', 'convex, 30 parameters', 30, zdt1),
  sphere,
  spheres,
  fonseca,
  network,
];

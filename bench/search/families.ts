import { fileURLToPath } from 'node:url';
import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { measured, readTable } from '../budgets/table-file.js';
import { continuous, cube, other, type Problem, place, problems, rotate, square, sum } from './problems.js';

/**
 * Problems that optimizers are compared on. No optimum lies in the middle of the space, where some of them begin, and every
 * problem is another kind: those of `problems.ts` whose optimum is elsewhere, and these.
 */
const floats: readonly Problem[] = [
  continuous('bowl10', 'separable', cube(10, -5, 5), (x) => {
    const center = place(10, 3.5);
    return sum(x, (v, k) => square(v - (center[k] as number)));
  }),
  continuous('valley8', 'curved valley', cube(8, -5, 5), (x) => {
    const center = place(8, 2.5);
    const moved = x.map((v, k) => v - (center[k] as number) + 1);
    return sum(moved.slice(1), (next, k) => {
      const here = moved[k] as number;
      return 100 * square(next - here * here) + square(1 - here);
    });
  }),
  continuous('scales8', 'scales that differ by 1e6', cube(8, -1, 1), (x) => {
    const center = place(8, 0.7);
    return sum(x, (v, k) => 10 ** ((6 * k) / 7) * square(v - (center[k] as number)));
  }),
  continuous('turned6', 'rotated, scales that differ by 1e4', cube(6, -5, 5), (x) => {
    const center = place(6, 3);
    const turned = rotate(x.map((v, k) => v - (center[k] as number)));
    return sum(turned, (v, k) => 10 ** ((4 * k) / 5) * v * v);
  }),
  continuous('sparse60', '60 dimensions, six matter', cube(60, -1, 1), (x) => {
    const [a, b, c, d, e, f] = [3, 17, 24, 38, 45, 59].map((k) => x[k] as number) as [
      ...[number, number, number, number, number, number],
    ];
    const pair = square(b - 0.6 * Math.sin(2 * a)) + 0.5 * square(a - 0.55);
    return pair + 2 * square(c + 0.35) + Math.abs(d - 0.6) + square(e * f + 0.3) + 0.3 * square(e - 0.7);
  }),
];

/** A network with branches in branches. */
const nested = other(
  'nested12',
  'branches in branches',
  [
    { name: 'model', distribution: categorical(['trees', 'network']) },
    { name: 'trees', distribution: int(10, 1000, { log: true }), when: { model: 'trees' } },
    { name: 'depth', distribution: int(1, 16), when: { model: 'trees' } },
    { name: 'shrinkage', distribution: float(0.001, 1, { log: true }), when: { model: 'trees' } },
    { name: 'sampled', distribution: float(0.2, 1), when: { model: 'trees' } },
    { name: 'layers', distribution: int(1, 6), when: { model: 'network' } },
    { name: 'width', distribution: int(8, 1024, { log: true }), when: { model: 'network' } },
    { name: 'drop', distribution: float(0, 0.8), when: { model: 'network' } },
    { name: 'opt', distribution: categorical(['sgd', 'adam', 'lion']), when: { model: 'network' } },
    { name: 'rate', distribution: float(1e-5, 1, { log: true }), when: { model: 'network' } },
    { name: 'momentum', distribution: float(0, 0.99), when: { opt: 'sgd' } },
    { name: 'decay', distribution: float(1e-6, 1, { log: true }), when: { opt: ['adam', 'lion'] } },
  ],
  (p) => {
    const log = (name: string) => Math.log10(p[name] as number);
    if (p.model === 'trees') {
      const steps = log('trees') + log('shrinkage') - 0.8;
      const shape = 0.01 * square((p.depth as number) - 6) + 0.3 * square((p.sampled as number) - 0.75);
      return 0.22 + 0.15 * square(steps) + shape + 0.05 * square(log('shrinkage') + 1.6);
    }
    const size = 0.02 * square((p.layers as number) - 3) + 0.1 * square(log('width') - 2.3);
    const start = 0.12 + size + 0.4 * square((p.drop as number) - 0.25);
    if (p.opt === 'sgd')
      return start + 0.03 + 0.1 * square(log('rate') + 1.2) + 0.6 * square((p.momentum as number) - 0.88);
    const best = p.opt === 'adam' ? -2.9 : -3.8;
    const penalty = p.opt === 'adam' ? 0 : 0.015;
    return start + penalty + 0.12 * square(log('rate') - best) + 0.02 * square(log('decay') + 2);
  },
);

/** The errors of a test set of 400, over an ordered grid: many cells are equal. */
const plateau = other(
  'plateau6',
  'an ordered table with plateaus',
  [
    ...['a', 'b', 'c'].map((name) => ({ name, distribution: int(0, 9) })),
    { name: 'rate', distribution: int(0, 13) },
    { name: 'size', distribution: int(0, 6) },
    { name: 'kind', distribution: categorical(['r', 's', 't', 'u']) },
  ],
  (p) => {
    const [a, b, c, rate, size] = ['a', 'b', 'c', 'rate', 'size'].map((name) => p[name] as number) as [
      ...[number, number, number, number, number],
    ];
    const kind = { r: 0.04, s: 0.01, t: 0, u: 0.06 }[p.kind as 'r' | 's' | 't' | 'u'];
    const curve = 0.004 * square(rate - 8 + 0.5 * (size - 3)) + 0.006 * Math.abs(size - 5);
    const rest = 0.0015 * square(a - 7) + 0.002 * Math.abs(b - 2) + (c < 4 ? 0.03 : 0.001 * (c - 4));
    return Math.round(400 * Math.min(0.9, 0.05 + kind + curve + rest)) / 400;
  },
);

/** Real: what the built-in trainer reaches on MNIST. */
function mnist(): Problem {
  const file = fileURLToPath(new URL('../budgets/data/mnist.json', import.meta.url));
  const table = measured(readTable(file)).make(0);
  const value = (params: Params) => table.losses(params).at(-1) as number;
  return {
    name: 'mnist27',
    kind: 'a measured table of 120 configurations',
    space: table.space,
    value,
    noise: 0,
    outliers: 0,
  };
}

/** Large rates diverge, large models do not fit: four of ten trials fail. */
const crashes = other(
  'crash5',
  'failed trials',
  [
    { name: 'rate', distribution: float(1e-5, 10, { log: true }) },
    { name: 'batch', distribution: int(8, 512, { log: true }) },
    { name: 'width', distribution: int(16, 2048, { log: true }) },
    { name: 'opt', distribution: categorical(['sgd', 'adam', 'rms']) },
    { name: 'drop', distribution: float(0, 0.9) },
  ],
  (p) => {
    const [rate, batch, width] = ['rate', 'batch', 'width'].map((name) => Math.log10(p[name] as number)) as [
      ...[number, number, number],
    ];
    const limit = p.opt === 'sgd' ? 0.2 : -0.9;
    if (rate > limit || width + 0.8 * batch > 4.6) return Number.NaN;
    // The best rate is not far from where training diverges.
    const kind = { sgd: 0.05, adam: 0, rms: 0.03 }[p.opt as 'sgd' | 'adam' | 'rms'];
    const scale = 0.2 * square(rate - limit + 0.6) + 0.15 * square(batch - 1.6) + 0.25 * square(width - 2.9);
    return 0.1 + kind + scale + 0.5 * square((p.drop as number) - 0.2);
  },
);

/** Three of twenty trials report a million. */
const outliers: Problem = {
  ...continuous('outliers6', 'outliers', cube(6, 0, 1), (x) => {
    const center = place(6, 0.35);
    const moved = x.map((v, k) => v - 0.5 - (center[k] as number));
    return 1 + 10 * sum(moved, square) + square((moved[0] as number) + (moved[1] as number) * 3);
  }),
  outliers: 0.15,
};

const named = (...names: readonly string[]): readonly Problem[] =>
  names.map((name) => {
    const found = problems.find((problem) => problem.name === name);
    if (!found) throw new Error(`expected a problem ${name}`);
    return found;
  });

/** Continuous, ill-conditioned, high-dimensional, mixed, conditional, tabular, noisy, with failures and outliers. */
export const compared: readonly Problem[] = [
  ...named('branin', 'hartmann6', 'rastrigin5', 'ackley8'),
  ...floats.slice(0, -1),
  ...named('sphere40'),
  ...floats.slice(-1),
  ...named('mixed6', 'lattice8', 'choices8', 'conditional'),
  nested,
  plateau,
  mnist(),
  ...named('noisy6'),
  crashes,
  outliers,
];

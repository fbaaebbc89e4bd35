import type { Rng } from '../../src/core/rng.js';

/** A function of the distance from an optimum, made for one instance: `o` is the position of the optimum. */
export type Shape = (o: Float64Array, rng: Rng) => (x: Float64Array) => number;

export const square = (x: number) => x * x;
const sumOf = (x: Float64Array, f: (v: number, k: number) => number) => {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += f(x[k] as number, k);
  return sum;
};

/** Returns a random rotation, by Gram-Schmidt from normal vectors. */
function rotation(d: number, rng: Rng): (x: Float64Array) => Float64Array {
  const rows: number[][] = [];
  while (rows.length < d) {
    const row = Array.from({ length: d }, () => rng.normal());
    for (const other of rows) {
      const along = row.reduce((sum, v, k) => sum + v * (other[k] as number), 0);
      other.forEach((v, k) => {
        row[k] = (row[k] as number) - along * v;
      });
    }
    const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    rows.push(row.map((v) => v / length));
  }
  return (x) => Float64Array.from(rows, (row) => row.reduce((sum, v, k) => sum + v * (x[k] as number), 0));
}

const scales = (d: number, condition: number) =>
  Float64Array.from({ length: d }, (_, k) => Math.exp((Math.log(condition) * k) / Math.max(1, d - 1)));

export const sphere: Shape = () => (x) => sumOf(x, square);
export const ellipsoid =
  (turned: boolean): Shape =>
  (o, rng) => {
    const turn = turned ? rotation(o.length, rng) : (x: Float64Array) => x;
    const scale = scales(o.length, 100);
    return (x) => sumOf(turn(x), (v, k) => (scale[k] as number) * v * v);
  };
/** The weight of each axis is drawn from four orders of magnitude, so that few matter. */
export const importance: Shape = (o, rng) => {
  const weight = Float64Array.from(o, () => Math.exp(-9 * rng.float()));
  return (x) => sumOf(x, (v, k) => (weight[k] as number) * v * v);
};
export const valley: Shape = (o, rng) => {
  const turn = rng.float() < 0.5 ? rotation(o.length, rng) : (x: Float64Array) => x;
  return (at) => {
    const x = turn(at);
    return (
      sumOf(x.subarray(1), (next, k) => {
        const here = 1 + 2 * (x[k] as number);
        return 100 * square(1 + 2 * next - here * here) + square(1 - here);
      }) / 100
    );
  };
};
export const rastrigin: Shape = () => (x) =>
  sumOf(x, (v) => 25 * v * v + 10 * (1 - Math.cos(2 * Math.PI * 5 * v))) / 10;
export const ackley: Shape = (o) => (x) => {
  const d = o.length;
  return (
    20 +
    Math.E -
    20 * Math.exp(-2 * Math.sqrt(sumOf(x, square) / d)) -
    Math.exp(sumOf(x, (v) => Math.cos(20 * Math.PI * v)) / d)
  );
};
export const griewank: Shape = (o, rng) => {
  const turn = rotation(o.length, rng);
  return (x) => {
    let product = 1;
    turn(x).forEach((v, k) => {
      product *= Math.cos((12 * v) / Math.sqrt(k + 1));
    });
    return sumOf(x, square) - product + 1;
  };
};
export const levy: Shape = () => (x) => {
  const w = x.map((v) => 1 + 2.5 * v);
  const last = w.at(-1) as number;
  return (
    square(Math.sin(Math.PI * (w[0] as number))) +
    sumOf(w.subarray(0, -1), (v) => square(v - 1) * (1 + 10 * square(Math.sin(Math.PI * v + 1)))) +
    square(last - 1) * (1 + square(Math.sin(2 * Math.PI * last)))
  );
};
/** Two wells on every axis, one a little deeper. */
export const wells: Shape = (o, rng) => {
  const side = Float64Array.from(o, (v) => (v > 0 ? -1 : 1));
  const gap = 0.7 + 0.2 * rng.float();
  return (x) =>
    sumOf(x, (v, k) => {
      const there = v - gap * (side[k] as number);
      return Math.min(v * v * 4, there * there * 4 + 0.15);
    });
};
/** A few bumps of different depth and width on a plain, as Hartmann's functions are. */
export const bumps =
  (count: number): Shape =>
  (o, rng) => {
    const d = o.length;
    const all = Array.from({ length: count }, (_, k) => ({
      at: Float64Array.from({ length: d }, (_, j) =>
        k === 0 ? 0 : 1.6 * rng.float() - 0.8 - (o[j] as number),
      ),
      rate: Float64Array.from({ length: d }, () => Math.exp(Math.log(0.3) + rng.float() * Math.log(20))),
      depth: k === 0 ? 3.3 : 1 + 2.1 * rng.float(),
    }));
    return (x) =>
      3.3 -
      all.reduce(
        (sum, { at, rate, depth }) =>
          sum + depth * Math.exp(-sumOf(x, (v, k) => (rate[k] as number) * square(v - (at[k] as number)))),
        0,
      );
  };
export const steps: Shape = () => (x) =>
  sumOf(x, (v) => square(Math.round(6 * v) / 6)) + 0.001 * sumOf(x, square);
export const sharp: Shape = () => (x) => sumOf(x, (v) => Math.sqrt(Math.abs(v)));
/** The optimum is on the border: the shape falls to a corner. */
export const corner: Shape = (o, rng) => {
  const weight = Float64Array.from(o, () => (rng.float() < 0.5 ? -1 : 1) * (0.2 + rng.float()));
  return (x) =>
    sumOf(x, (v, k) => (weight[k] as number) * (v + (o[k] as number) - Math.sign(-(weight[k] as number))));
};
/** Axes matter only in pairs. */
export const pairs: Shape = (o) => (x) => {
  let sum = 0;
  for (let k = 0; k + 1 < o.length; k += 2) {
    const [a, b] = [x[k] as number, x[k + 1] as number];
    sum += 10 * square(a + b) + 0.5 * square(a - b);
  }
  return sum;
};

import type { Acquisition } from '../acquisition.js';

/** Standard deviation, as a share of a parameter's range. */
const WIDTH = 0.1;
/** What another choice costs. */
const OTHER = 2;

/** Returns the logarithm of a normal density around a row. */
export function makeNearness(center: Float64Array, numbers: number): Acquisition {
  const value = (row: Float64Array) => {
    let sum = 0;
    for (let c = 0; c < row.length; c++) {
      const off = ((row[c] as number) - (center[c] as number)) / WIDTH;
      sum -= c < numbers ? 0.5 * off * off : off === 0 ? 0 : OTHER;
    }
    return sum;
  };
  return {
    value,
    differentiate(row, gradient) {
      for (let c = 0; c < numbers; c++)
        gradient[c] = ((center[c] as number) - (row[c] as number)) / WIDTH / WIDTH;
      return value(row);
    },
    splits: true,
  };
}

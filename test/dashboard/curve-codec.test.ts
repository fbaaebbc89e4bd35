import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeColumns, encodeColumns } from '../../src/dashboard/columns.js';
import {
  type CurveScale,
  packCurves,
  type TrialCurve,
  unpackCurves,
} from '../../src/dashboard/curve-codec.js';

const values = fc.array(fc.double({ min: -1e30, max: 1e30 }), { minLength: 1, maxLength: 20 });
const curves: fc.Arbitrary<readonly TrialCurve[]> = fc.array(
  fc
    .tuple(fc.nat(), values, fc.nat({ max: 100 }), fc.option(fc.nat({ max: 5 })))
    .map(([trial, given, first, gap]) => ({
      trial,
      values: given,
      steps: given.map((_, k) => first + k + (gap !== null && k >= gap ? 0.5 : 0)),
    })),
);

/** What a reader gets of these curves. */
function sent(given: readonly TrialCurve[]) {
  const bytes = encodeColumns(packCurves({ metric: 'loss' }, given));
  return unpackCurves(decodeColumns<{ metric: string; scale: CurveScale }>(bytes));
}

describe('packed curves', () => {
  test('keep trials and steps, and values to two tenths of a percent; what is no number stays what it is', () => {
    fc.assert(
      fc.property(curves, (given) => {
        const found = sent(given);
        expect(found.map(({ trial, steps }) => ({ trial, steps: [...steps] }))).toEqual(
          given.map(({ trial, steps }) => ({ trial, steps: [...(steps as number[])] })),
        );
        const largest = Math.max(
          0,
          ...given.flatMap(({ values: all }) => [...(all as number[])].filter(Number.isFinite).map(Math.abs)),
        );
        for (const [k, { values: read }] of found.entries())
          for (const [p, value] of read.entries()) expectNear(value, given[k]?.values[p] as number, largest);
      }),
    );
  });

  test('infinities and NaN do not widen the range of the others', () => {
    const [curve] = sent([
      { trial: 3, steps: [1, 2, 3, 4], values: [0.5, Number.POSITIVE_INFINITY, Number.NaN, 0.25] },
    ]);
    expect([...(curve?.values ?? [])]).toEqual([0.5, Number.POSITIVE_INFINITY, Number.NaN, 0.25]);
  });

  test('an outlier does not flatten the others', () => {
    const [curve] = sent([{ trial: 0, steps: [0, 1, 2], values: [0.987, 0.989, 1e20] }]);
    expect(curve?.values[1]).not.toBe(curve?.values[0]);
  });

  test('steps that count up by one take no bytes', () => {
    const { columns } = packCurves({}, [{ trial: 0, steps: [1, 2, 3], values: [1, 2, 3] }]);
    expect(columns.find(({ name }) => name === 'step')?.values).toHaveLength(0);
  });
});

function expectNear(found: number, given: number, largest: number): void {
  if (!Number.isFinite(given)) expect(found).toBe(given);
  else expect(Math.abs(found - given)).toBeLessThanOrEqual(2e-3 * Math.abs(given) + 1e-29 * largest + 1e-44);
}

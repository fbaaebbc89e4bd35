import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addSample, type GpuSample, type GpuUse, readGpuUse } from '../../src/core/gpu-use.js';
import type { JsonValue } from '../../src/core/trial.js';

const known = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }));
const samples = fc.array(
  fc.record<GpuSample>({
    cardUtilizationPercent: known,
    memoryMiB: known,
    cardMemoryMiB: known,
    shared: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
);

test('looks add up to the mean, the maximum and the number of those that told something', () => {
  fc.assert(
    fc.property(samples, (all) => {
      const use = all.reduce<GpuUse | null>(addSample, null) as GpuUse;
      for (const name of ['cardUtilizationPercent', 'memoryMiB', 'cardMemoryMiB'] as const) {
        const told = all.flatMap((sample) => sample[name] ?? []);
        if (told.length === 0) expect(use[name]).toBeNull();
        else {
          expect(use[name]).toMatchObject({ max: Math.max(...told), samples: told.length });
          const mean = told.reduce((sum, value) => sum + value, 0) / told.length;
          expect(use[name]?.mean).toBeCloseTo(mean, 5);
        }
      }
      expect(use.shared).toBe(all.some(({ shared }) => shared));
    }),
  );
});

test('what is stored is read again; what another program wrote in its place is not', () => {
  fc.assert(
    fc.property(samples, (all) => {
      const use = all.reduce<GpuUse | null>(addSample, null) as GpuUse;
      expect(readGpuUse(JSON.parse(JSON.stringify(use)))).toEqual(use);
    }),
  );
  const gauge = { mean: 1, max: 1, samples: 1 };
  const bad: JsonValue[] = [
    null,
    'mine',
    [],
    {},
    { cardUtilizationPercent: gauge, memoryMiB: gauge },
    { cardUtilizationPercent: 1, memoryMiB: gauge, cardMemoryMiB: null },
    { cardUtilizationPercent: { ...gauge, samples: 0 }, memoryMiB: null, cardMemoryMiB: null },
    { cardUtilizationPercent: { ...gauge, mean: '1' }, memoryMiB: null, cardMemoryMiB: null },
  ];
  expect(bad.map((value) => readGpuUse(value))).toEqual(bad.map(() => null));
});

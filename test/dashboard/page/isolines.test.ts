import { expect, test } from 'vitest';
import type { Grid } from '../../../src/dashboard/page/plots/contour-grid.js';
import { isolinesOf, labelPlaces } from '../../../src/dashboard/page/plots/isolines.js';

const SIZE = 40;

/** A grid over the unit square; values lie in the middle of their cells. */
function gridOf(value: (x: number, y: number) => number): Grid {
  const values = Float32Array.from({ length: SIZE * SIZE }, (_, k) =>
    value(((k % SIZE) + 0.5) / SIZE, (Math.floor(k / SIZE) + 0.5) / SIZE),
  );
  return { columns: SIZE, rows: SIZE, values, low: 0, high: 1 };
}

const ends = (pieces: Float32Array) =>
  Array.from(
    { length: pieces.length / 2 },
    (_, k) => [pieces[2 * k] as number, pieces[2 * k + 1] as number] as const,
  );

test('lines lie where the values are those of their levels', () => {
  const plane = (x: number, y: number) => 0.3 * x + 0.7 * y;
  for (const { level, pieces } of isolinesOf(gridOf(plane), [0.2, 0.5, 0.8])) {
    expect(pieces.length).toBeGreaterThan(4 * 10);
    for (const [x, y] of ends(pieces)) expect(plane(x, y)).toBeCloseTo(level, 5);
  }
});

test('a line around a peak is closed, and none is drawn beside cells without a value', () => {
  const distance = (x: number, y: number) => Math.hypot(x - 0.5, y - 0.5);
  const [ring] = isolinesOf(gridOf(distance), [0.3]);
  const seen = new Map<string, number>();
  for (const [x, y] of ends(ring?.pieces ?? new Float32Array())) {
    expect(distance(x, y)).toBeCloseTo(0.3, 2);
    const key = `${x.toFixed(5)},${y.toFixed(5)}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  expect([...seen.values()].every((count) => count === 2)).toBe(true);
  const [half] = isolinesOf(
    gridOf((x, y) => (x < 0.5 ? Number.NaN : distance(x, y))),
    [0.3],
  );
  expect(ends(half?.pieces ?? new Float32Array()).every(([x]) => x >= 0.5)).toBe(true);
});

test('a short line has no place for its value, a long one has several', () => {
  const [short, long] = isolinesOf(
    gridOf((x, y) => x + y),
    [0.05, 1],
  );
  expect(short && labelPlaces(short)).toEqual([]);
  expect(long && labelPlaces(long)).toHaveLength(5);
});

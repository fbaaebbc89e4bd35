import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CellIndex, countIn, kindIn } from '../../../src/dashboard/page/plots/density.js';

const box = { left: 0, top: 0, width: 20, height: 20, noneX: null, noneY: null };
const PLACES = [0, 30_000, 65_534, 65_535];
const points = fc.array(
  fc.record({ x: fc.constantFrom(...PLACES), y: fc.constantFrom(...PLACES), kind: fc.nat({ max: 20 }) }),
  { minLength: 1, maxLength: 60 },
);

test('a density counts every trial once, and each cell has the lowest kind of its trials, of however many kinds', () => {
  fc.assert(
    fc.property(points, points, (all, others) => {
      const cells = new CellIndex();
      for (const list of [all, all, others, all]) {
        const [xs, ys] = [Uint16Array.from(list, ({ x }) => x), Uint16Array.from(list, ({ y }) => y)];
        const kinds = Uint8Array.from(list, ({ kind }) => kind);
        const trials = Int32Array.from(list.keys());
        const tally = cells.tally({ box, xs, ys, columns: 11, rows: 40, trials, kinds });
        expect(tally.reduce((sum, cell) => sum + countIn(cell), 0)).toBe(list.length);
        const place = ({ x, y }: { x: number; y: number }) =>
          `${x === 65_535 || y === 65_535 ? 'none' : `${x} ${y}`}`;
        const byPlace = new Map<string, number>();
        for (const point of list) {
          const at = place(point);
          byPlace.set(at, Math.min(byPlace.get(at) ?? Number.POSITIVE_INFINITY, point.kind));
        }
        expect(
          [...tally]
            .filter((cell) => cell > 0)
            .map(kindIn)
            .sort(),
        ).toEqual([...byPlace.values()].sort());
      }
    }),
  );
});

test('the same trials are counted once for the layers of a plot', () => {
  const cells = new CellIndex();
  const places = Uint16Array.of(0, 65_534);
  const input = { box, xs: places, ys: places, columns: 11, rows: 40, kinds: Uint8Array.of(0, 1) };
  const trials = Int32Array.of(0, 1);
  const first = cells.tally({ ...input, trials });
  const before = Uint32Array.from(first);
  first[0] = 99;
  expect(cells.tally({ ...input, trials })[0]).toBe(99);
  expect(cells.tally({ ...input, trials: trials.slice() })).toEqual(before);
});

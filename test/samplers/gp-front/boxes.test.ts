import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Losses } from '../../../src/core/pareto.js';
import { type Box, freeBoxes } from '../../../src/samplers/gp/front/boxes.js';

const contains = ({ low, high }: Box, at: Losses) =>
  at.every((loss, k) => loss >= (low[k] as number) && loss < (high[k] as number));

describe.each([2, 3])('boxes of %i objectives', (objectives) => {
  const reference = Array.from({ length: objectives }, () => 10);
  // Between the places of the points, so that no probe lies on an edge.
  const probe = fc.tuple(...reference.map(() => fc.integer({ min: -2, max: 11 }).map((v) => v + 0.5)));
  const point = fc.tuple(...reference.map(() => fc.integer({ min: 0, max: 11 })));

  test('exactly one has what no point dominates below the reference, and none has anything else', () => {
    fc.assert(
      fc.property(
        fc.array(point, { maxLength: 12 }),
        fc.array(probe, { minLength: 30, maxLength: 30 }),
        (points, probes) => {
          const boxes = freeBoxes(points, reference);
          for (const at of probes) {
            const dominated = points.some((each) => each.every((loss, k) => loss <= (at[k] as number)));
            const free = !dominated && at.every((loss, k) => loss < (reference[k] as number));
            expect(boxes.filter((box) => contains(box, at)).length).toBe(free ? 1 : 0);
          }
        },
      ),
    );
  });

  test('are few', () => {
    const points = Array.from({ length: 40 }, (_, k) => {
      const a = (k * 0.618) % 1;
      return objectives === 2 ? [9 * a, 9 * (1 - a)] : [9 * a, (9 * k) / 40, 9 * (1.5 - a / 2 - k / 40)];
    });
    expect(freeBoxes(points, reference).length).toBeLessThan(objectives === 2 ? 42 : 170);
  });
});

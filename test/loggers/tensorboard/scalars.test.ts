import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_METRICS, MAX_STEP, TrialScalars } from '../../../src/loggers/tensorboard/scalars.js';

const point = (name: string, step: number | null, value: number) => ({ name, step, value });

test('each metric is a curve whose steps increase; a late or a changed value asks for another file', () => {
  const scalars = new TrialScalars(['loss']);
  expect(scalars.take([point('loss', 2, 5), point('acc', 1, 0.5), point('loss', 2, 5)])).toEqual([
    { tag: 'loss', step: 2, value: 5 },
    { tag: 'acc', step: 1, value: 0.5 },
  ]);
  expect(scalars.isDisordered).toBe(false);
  expect(scalars.take([point('loss', 1, 9)])).toEqual([]);
  expect(scalars.isDisordered).toBe(true);
  const changed = new TrialScalars([]);
  changed.take([point('loss', 1, 9), point('loss', 1, 8)]);
  expect(changed.isDisordered).toBe(true);
});

test('an attempt that names a lower step than at first takes back what it inherited', () => {
  const scalars = new TrialScalars([]);
  scalars.judge([point('loss', 5, 1)]);
  scalars.judge([{ ...point('size', 1, 1), counted: true }]);
  expect(scalars.isDisordered).toBe(false);
  scalars.judge([point('f1', 3, 1)]);
  expect(scalars.isDisordered).toBe(true);
});

test('final values and objectives come last, and no step of a curve is there twice', () => {
  const scalars = new TrialScalars(['loss', 'time']);
  scalars.take([point('loss', 3, 5), point('acc', 2, 1), point('loss', null, 4)]);
  scalars.take([point('acc', null, 2), point('size', null, 3)]);
  expect(scalars.end([4, 60])).toEqual([
    { tag: 'loss', step: 4, value: 4 },
    { tag: 'acc', step: 3, value: 2 },
    { tag: 'size', step: 3, value: 3 },
    { tag: 'objective/loss', step: 3, value: 4 },
    { tag: 'objective/time', step: 3, value: 60 },
  ]);
  expect(new TrialScalars(['loss']).end(null)).toEqual([]);
  expect(new TrialScalars(['loss']).end([1])).toEqual([{ tag: 'objective/loss', step: 0, value: 1 }]);
});

test('a metric with the name of a tag of hpo has another tag', () => {
  const scalars = new TrialScalars(['loss']);
  const tags = scalars.take([point('objective/loss', 1, 1), point('objective/acc', 1, 1)]);
  expect(tags.map(({ tag }) => tag)).toEqual(['trainer/objective/loss', 'objective/acc']);
});

test('steps that TensorBoard cannot show are left out', () => {
  const scalars = new TrialScalars([]);
  const points = [point('loss', MAX_STEP, 1), point('loss', MAX_STEP + 1, 2), point('loss', null, 3)];
  expect(scalars.take(points)).toEqual([{ tag: 'loss', step: MAX_STEP, value: 1 }]);
  expect([scalars.overflow, scalars.end(null)]).toEqual([1, [{ tag: 'loss', step: 2 ** 31 - 1, value: 3 }]]);
});

test('a trainer cannot fill the memory with names', () => {
  const scalars = new TrialScalars([]);
  const points = Array.from({ length: MAX_METRICS + 10 }, (_, k) => point(`m${k}`, k % 2 ? 1 : null, k));
  scalars.take(points);
  expect(scalars.overflow).toBe(10);
});

test('whatever order points have, the steps of each tag increase', () => {
  const step = fc.oneof(fc.nat(5), fc.constant(null));
  const points = fc.array(fc.record({ name: fc.constantFrom('a', 'b'), step, value: fc.nat(2) }));
  fc.assert(
    fc.property(points, fc.nat(4), (all, cut) => {
      const scalars = new TrialScalars(['a']);
      const found = [
        ...scalars.take(all.slice(0, cut)),
        ...scalars.take(all.slice(cut)),
        ...scalars.end([1]),
      ];
      for (const tag of ['a', 'b', 'objective/a']) {
        const steps = found.filter((each) => each.tag === tag).map((each) => each.step);
        expect(steps).toEqual([...new Set(steps)].sort((x, y) => x - y));
      }
      const given = all.filter((each) => each.step !== null).map(({ name, step: at }) => `${name} ${at}`);
      const kept = found.length - scalars.end([1]).length;
      expect(kept === new Set(given).size || scalars.isDisordered).toBe(true);
    }),
  );
});

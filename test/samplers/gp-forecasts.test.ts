import { expect, test } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { encodingOf } from '../../src/core/encoding/encoding.js';
import { makeSpace } from '../../src/core/space.js';
import type { ConfigView } from '../../src/core/study-view.js';
import { bestOf, modelOf } from '../../src/samplers/gp/fitted.js';
import { config, viewOf } from './support.js';

const space = makeSpace([{ name: 'x', distribution: float(0, 1) }]);
const loss = (x: number) => 1 + 4 * (x - 0.3) * (x - 0.3);
const complete = [0.05, 0.2, 0.45, 0.6, 0.75, 0.9].map((x, index) =>
  config(index, { x }, { value: loss(x) }),
);
const at = { x: 0.33 };

/** What gp believes of a point with a forecast of 3, far above its neighbors. */
function believed(std: number | null): number {
  const forecast: ConfigView = {
    ...config(10, at, { state: 'running' }),
    values: std === null ? null : [3],
    std: std === null ? null : [std],
  };
  const fitted = modelOf(space, viewOf([...complete, forecast]));
  const { posterior } = fitted?.model.wish ?? {};
  return posterior?.predict(encodingOf(space).row(at) as Float64Array).mean ?? Number.NaN;
}

test('a certain forecast counts as a result, and a doubtful one leaves the neighbors to decide', () => {
  const [none, doubtful, certain] = [believed(null), believed(50), believed(0.01)];
  expect(Math.abs(doubtful - none)).toBeLessThan(0.2 * Math.abs(certain - none));
  expect(certain).toBeGreaterThan(none + 0.5);
});

test('a forecast is no result to beat', () => {
  const forecast: ConfigView = { ...config(10, at, { state: 'running' }), values: [0.1], std: [0.5] };
  const fitted = modelOf(space, viewOf([...complete, forecast]));
  expect(fitted).not.toBeNull();
  if (!fitted) return;
  const [first] = bestOf(fitted.history, encodingOf(space));
  expect(first?.[0]).not.toBeCloseTo(at.x, 6);
  expect(fitted.history.observed.filter(({ complete: is }) => is)).toHaveLength(complete.length);
});

test('a paused trial is seen by its forecast, and needs no result to end the startup', () => {
  const falls = (x: number, steps: number) =>
    Array.from({ length: steps }, (_, t) => [t + 1, loss(x) + Math.exp(-0.5 * (t + 1))] as const);
  const done = [0.1, 0.5, 0.9].map((x, index) =>
    config(index, { x }, { value: falls(x, 9).at(-1)?.[1] ?? 0, steps: falls(x, 9) }),
  );
  const paused = [0.2, 0.35, 0.7].map((x, k) =>
    config(3 + k, { x }, { state: 'running', steps: falls(x, 4) }),
  );
  const view = { ...viewOf([...done, ...paused]), maxSteps: 9 };
  const observed = modelOf(space, view)?.history.observed ?? [];
  expect(observed).toHaveLength(6);
  for (const { error, complete: is } of observed) expect(error > 0).toBe(!is);
});

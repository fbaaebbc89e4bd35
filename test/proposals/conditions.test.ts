import fc from 'fast-check';
import { expect, test } from 'vitest';
import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { resolve } from '../../src/core/space.js';
import { agrees, inferSpace } from '../../src/proposals/conditions.js';

const parameters = [
  { name: 'kind', distribution: categorical(['a', 'b', 'c']) },
  { name: 'layers', distribution: int(1, 4) },
  { name: 'x', distribution: float(0, 1) },
  { name: 'units', distribution: int(8, 64) },
  { name: 'y', distribution: float(0, 1) },
];
const whenOf = (complete: readonly Params[]) =>
  Object.fromEntries(inferSpace(parameters, complete).params.map(({ name, when }) => [name, when]));

test('parameters that all complete trials have are always active', () => {
  expect(whenOf([])).toEqual({});
  const all = { kind: 'a', layers: 1, x: 0.1, units: 8, y: 0.2 };
  expect(whenOf([all, { ...all, kind: 'b' }])).toEqual({});
});

test('a parameter is active for the choices with which it was named', () => {
  const common = { layers: 2, units: 8 };
  const complete = [
    { kind: 'a', x: 0.5, ...common },
    { kind: 'b', y: 0.5, ...common },
    { kind: 'c', y: 0.25, ...common },
  ];
  expect(whenOf(complete)).toEqual({ x: { kind: ['a'] }, y: { kind: ['b', 'c'] } });
});

test('the order of the parameters makes no difference to their conditions', () => {
  const complete: Params[] = [
    { kind: 'a', layers: 1, units: 16, x: 0.5, y: 0.5 },
    { kind: 'b', layers: 1, x: 0.5 },
    { kind: 'a', layers: 2, units: 8, x: 0.25, y: 0.75 },
  ];
  const { params, order } = inferSpace(parameters.toReversed(), complete);
  expect(params.map(({ name }) => name)).toEqual(parameters.map(({ name }) => name).reverse());
  expect(order.indexOf('kind')).toBeLessThan(order.indexOf('units'));
  expect(Object.fromEntries(params.map(({ name, when }) => [name, when]))).toEqual(whenOf(complete));
});

test('a parameter is active from a number on, or up to one', () => {
  const deep = (layers: number) => ({ kind: 'a', layers, y: 0.5, ...(layers >= 3 && { units: 8 }) });
  expect(whenOf([deep(1), deep(2), deep(3), deep(4)])).toMatchObject({ units: { layers: { ge: 3 } } });
  const flat = (layers: number) => ({ kind: 'a', layers, y: 0.5, ...(layers < 3 && { units: 8 }) });
  expect(whenOf([flat(1), flat(2), flat(4)])).toMatchObject({ units: { layers: { le: 2 } } });
});

test('parameters that are named together have the same condition', () => {
  const complete: Params[] = [
    { kind: 'a', layers: 1, units: 16, x: 0.5, y: 0.5 },
    { kind: 'b', layers: 1, x: 0.5 },
  ];
  expect(whenOf(complete)).toEqual({ units: { kind: ['a'] }, y: { kind: ['a'] } });
});

test('what nothing explains is always active', () => {
  const common = { kind: 'a', layers: 1, x: 0.5, units: 8 };
  expect(whenOf([common, { ...common, y: 0.5 }])).toEqual({});
});

test('whatever the conditions of the program are, complete trials agree with those found where any single one explains them', () => {
  const program = (kind: string, layers: number, x: number): Params => ({
    kind,
    layers,
    ...(kind !== 'b' && { x }),
    ...(layers >= 2 && { units: 8 }),
    ...(kind === 'a' && { y: 0.5 }),
  });
  const trials = fc.array(
    fc
      .tuple(
        fc.constantFrom('a', 'b', 'c'),
        fc.integer({ min: 1, max: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      )
      .map((values) => program(...values)),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(trials, (complete) => {
      const space = inferSpace(parameters, complete);
      for (const named of complete) {
        // A parameter that no trial has named has no condition yet.
        const known = Object.keys(named).concat(
          parameters
            .map(({ name }) => name)
            .filter((name) => complete.every((each) => !Object.hasOwn(each, name))),
        );
        const { params } = resolve(space, ({ name }) => named[name] ?? 0);
        expect(Object.keys(params).sort()).toEqual(known.sort());
      }
    }),
  );
});

test('a trial disagrees that lacks an active parameter, or has another one', () => {
  const space = inferSpace(parameters.slice(0, 3), [
    { kind: 'a', layers: 1, x: 0.5 },
    { kind: 'b', layers: 1 },
  ]);
  expect(agrees(space, { kind: 'a', layers: 2, x: 0.1 })).toBe(true);
  expect(agrees(space, { kind: 'a', layers: 2 })).toBe(false);
  expect(agrees(space, { kind: 'b', layers: 2, x: 0.1 })).toBe(false);
  expect(agrees(space, { kind: 'c', layers: 2 })).toBe(true);
});

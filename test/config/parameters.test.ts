import { describe, expect, it } from 'vitest';
import { load, own } from './files.js';

async function params(rest: string) {
  return (await load(own(rest))).spec.space.params;
}

describe('the forms of a parameter', () => {
  it('takes lists: numbers are ordered, lists become JSON text', async () => {
    expect(
      await params(
        'parameters:\n  a: [1, 2.5, 1e-3]\n  b: [x, 1, true, null]\n  c: { values: [[8, 16], [[1], x]] }',
      ),
    ).toEqual([
      { name: 'a', distribution: { kind: 'categorical', choices: [1, 2.5, 0.001], ordered: true } },
      { name: 'b', distribution: { kind: 'categorical', choices: ['x', 1, true, null], ordered: false } },
      { name: 'c', distribution: { kind: 'categorical', choices: ['[8,16]', '[[1],"x"]'], ordered: false } },
    ]);
  });

  it('takes an order of words, from first to last, and takes it from numbers', async () => {
    expect(
      await params(`parameters:
  size: { values: [small, medium, large], ordered: true }
  code: { values: [3, 1, 2], ordered: false }`),
    ).toEqual([
      {
        name: 'size',
        distribution: { kind: 'categorical', choices: ['small', 'medium', 'large'], ordered: true },
      },
      { name: 'code', distribution: { kind: 'categorical', choices: [3, 1, 2], ordered: false } },
    ]);
  });

  it('refuses an order of a range, which has one', async () => {
    await expect(params('parameters:\n  a: { min: 0, max: 1, ordered: true }')).rejects.toThrow(
      /expected ordered with values only/,
    );
  });

  it('takes ranges: of floats unless int is said, with log, step and steps', async () => {
    expect(
      await params(`parameters:
  a: { min: 1, max: 10 }
  b: { min: 1, max: 10, int: true }
  c: { min: 1e-4, max: 0.1, log: true, steps: 4 }
  d: { min: 0.1, max: 0.55, step: 0.1 }
  e: { min: 1, max: 100, int: true, log: true }
  f: { min: 1, max: 10, int: true, step: 4 }
  g: { min: 3, max: 3, steps: 1 }`),
    ).toEqual([
      { name: 'a', distribution: { kind: 'float', low: 1, high: 10, log: false, step: null } },
      { name: 'b', distribution: { kind: 'int', low: 1, high: 10, log: false, step: 1 } },
      { name: 'c', distribution: { kind: 'float', low: 1e-4, high: 0.1, log: true, step: null }, steps: 4 },
      { name: 'd', distribution: { kind: 'float', low: 0.1, high: 0.5, log: false, step: 0.1 } },
      { name: 'e', distribution: { kind: 'int', low: 1, high: 100, log: true, step: 1 } },
      { name: 'f', distribution: { kind: 'int', low: 1, high: 9, log: false, step: 4 } },
      { name: 'g', distribution: { kind: 'float', low: 3, high: 3, log: false, step: null }, steps: 1 },
    ]);
  });

  it('keeps the order of the file, and resolves conditions in the order of need', async () => {
    const { space } = (
      await load(own('parameters:\n  z: { values: [1, 2], when: { a: [x, y] } }\n  a: [x, y, w]\n'))
    ).spec;
    expect(space.params.map(({ name }) => name)).toEqual(['z', 'a']);
    expect(space.params[0]?.when).toEqual({ a: ['x', 'y'] });
    expect(space.order).toEqual(['a', 'z']);
  });
});

describe('constraints', () => {
  it('takes set and forbid with every kind of test', async () => {
    const { space } = (
      await load(
        own(`parameters:
  opt: [sgd, adam]
  size: { min: 1, max: 9, int: true }
  layers: [[8], [16, 32]]
constraints:
  - { when: { opt: adam }, set: { momentum: 0.0, shape: [1, 2] } }
  - { forbid: { size: { gt: 2, le: 5, not: [3, 4] }, layers: [[8], [16, 32]] } }
  - { forbid: { opt: [sgd, adam], layers: { not: [[8]] } } }`),
      )
    ).spec;
    expect(space.constraints).toEqual([
      { kind: 'set', when: { opt: 'adam' }, set: { momentum: 0, shape: '[1,2]' } },
      { kind: 'forbid', forbid: { size: { gt: 2, le: 5, not: [3, 4] }, layers: ['[8]', '[16,32]'] } },
      { kind: 'forbid', forbid: { opt: ['sgd', 'adam'], layers: { not: ['[8]'] } } },
    ]);
    expect(space.order).toContain('momentum');
  });

  it('lets a condition name what only another constraint sets', async () => {
    const { space } = (
      await load(
        own(`parameters: { a: [1, 2], b: [1, 2] }
constraints:
  - { when: { a: 1 }, set: { mode: fast } }
  - { when: { mode: fast }, set: { b: 7 } }
  - { forbid: { b: 7 } }`),
      )
    ).spec;
    expect(space.order.indexOf('mode')).toBeLessThan(space.order.indexOf('b'));
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Constraint } from '../../src/core/constraint.js';
import { categorical, contains, float, int, type Params } from '../../src/core/distribution.js';
import { drawUniform } from '../../src/core/draw.js';
import { HpoError } from '../../src/core/errors.js';
import { gridValues } from '../../src/core/grid-plan.js';
import { makeRng } from '../../src/core/rng.js';
import {
  effectiveNames,
  expand,
  makeSpace,
  type ParamSpec,
  paramsKey,
  resolve,
} from '../../src/core/space.js';
import { smallDistributions, spaces } from './arbitraries.js';

const opt: ParamSpec = { name: 'learner.opt', distribution: categorical(['adam', 'sgd']) };
const momentum: ParamSpec = { name: 'learner.momentum', distribution: categorical([0, 0.9]) };
const rate: ParamSpec = { name: 'learner.step_size', distribution: float(0.001, 1, { log: true }) };

/** Resolves with fixed answers, and fails when it is asked for anything else. */
function resolveAs(space: Parameters<typeof resolve>[0], answers: Params) {
  const asked: string[] = [];
  const resolved = resolve(space, ({ name }) => {
    asked.push(name);
    const answer = answers[name];
    if (answer === undefined) throw new Error(`asked for ${name}`);
    return answer;
  });
  return { ...resolved, asked };
}

function mistake(params: readonly ParamSpec[], constraints: readonly Constraint[] = []): HpoError {
  try {
    makeSpace(params, constraints);
  } catch (error) {
    if (error instanceof HpoError) return error;
  }
  throw new Error('the space was accepted');
}

describe('resolve', () => {
  test('asks for an active parameter only, after what its condition names', () => {
    const space = makeSpace([{ ...momentum, when: { 'learner.opt': 'sgd' } }, opt]);
    expect(space.order).toEqual(['learner.opt', 'learner.momentum']);
    expect(resolveAs(space, { 'learner.opt': 'adam' })).toMatchObject({
      params: { 'learner.opt': 'adam' },
      given: { 'learner.opt': 'adam' },
      asked: ['learner.opt'],
    });
    expect(resolveAs(space, { 'learner.opt': 'sgd', 'learner.momentum': 0.9 }).params).toEqual({
      'learner.opt': 'sgd',
      'learner.momentum': 0.9,
    });
  });

  test('gives what it gives in the order of the file, whatever depends on what', () => {
    const space = makeSpace(
      [{ ...momentum, when: { 'learner.opt': 'sgd' } }, rate, opt],
      [{ kind: 'set', when: { 'learner.opt': 'sgd' }, set: { nesterov: true, 'learner.step_size': 0.1 } }],
    );
    const { given, params, forced } = resolveAs(space, { 'learner.opt': 'sgd', 'learner.momentum': 0 });
    expect(Object.keys(given)).toEqual(['learner.momentum', 'learner.step_size', 'learner.opt', 'nesterov']);
    expect(Object.keys(params)).toEqual(['learner.momentum', 'learner.opt']);
    expect(Object.entries(forced)).toEqual([
      ['learner.step_size', 0.1],
      ['nesterov', true],
    ]);
    expect(effectiveNames(space)).toEqual(Object.keys(given));
  });

  test('forces a name that no parameter has, and leaves it away where nothing sets it', () => {
    const space = makeSpace(
      [opt],
      [{ kind: 'set', when: { 'learner.opt': 'adam' }, set: { amsgrad: true } }],
    );
    expect(resolveAs(space, { 'learner.opt': 'adam' }).forced).toEqual({ amsgrad: true });
    expect(resolveAs(space, { 'learner.opt': 'sgd' }).given).toEqual({ 'learner.opt': 'sgd' });
  });

  test('lets the last of several constraints win', () => {
    const set = (value: number): Constraint => ({
      kind: 'set',
      when: { 'learner.opt': 'adam' },
      set: { 'learner.momentum': value },
    });
    const space = makeSpace([opt, momentum], [set(1), set(2)]);
    expect(resolveAs(space, { 'learner.opt': 'adam' }).forced).toEqual({ 'learner.momentum': 2 });
  });

  test('forces a parameter also where its own condition does not hold', () => {
    const space = makeSpace(
      [opt, { ...momentum, when: { 'learner.opt': 'sgd' } }],
      [{ kind: 'set', when: { 'learner.opt': 'adam' }, set: { 'learner.momentum': 0 } }],
    );
    expect(resolveAs(space, { 'learner.opt': 'adam' })).toMatchObject({
      params: { 'learner.opt': 'adam' },
      forced: { 'learner.momentum': 0 },
    });
  });

  test('follows a chain: a forced value makes another parameter active, which forces a third', () => {
    const space = makeSpace(
      [
        { name: 'c', distribution: categorical([1, 2]), when: { b: 'forced' } },
        { name: 'b', distribution: categorical(['free']) },
        { name: 'a', distribution: categorical([0, 1]) },
      ],
      [
        { kind: 'set', when: { c: 2 }, set: { d: 'end' } },
        { kind: 'set', when: { a: 1 }, set: { b: 'forced' } },
      ],
    );
    expect(resolveAs(space, { a: 1, c: 2 })).toMatchObject({
      params: { c: 2, a: 1 },
      forced: { b: 'forced', d: 'end' },
    });
    expect(resolveAs(space, { a: 0, b: 'free' }).forced).toEqual({});
  });

  test('a condition on an inactive parameter does not hold', () => {
    const space = makeSpace([
      opt,
      { ...momentum, when: { 'learner.opt': 'sgd' } },
      { name: 'x', distribution: int(0, 1), when: { 'learner.momentum': { not: 0.9 } } },
    ]);
    expect(resolveAs(space, { 'learner.opt': 'adam' }).params).toEqual({ 'learner.opt': 'adam' });
  });

  test('marks what is forbidden, forced values counted', () => {
    const space = makeSpace(
      [opt, momentum],
      [
        { kind: 'set', when: { 'learner.opt': 'adam' }, set: { 'learner.momentum': 0 } },
        { kind: 'forbid', forbid: { 'learner.momentum': 0, 'learner.opt': ['adam', 'rmsprop'] } },
      ],
    );
    expect(resolveAs(space, { 'learner.opt': 'adam' }).forbidden).toBe(true);
    expect(resolveAs(space, { 'learner.opt': 'sgd', 'learner.momentum': 0 }).forbidden).toBe(false);
  });

  test('is not led astray by names that every object has', () => {
    const names = ['toString', 'constructor', 'hasOwnProperty'];
    const space = makeSpace(
      [opt, ...names.map((name) => ({ name, distribution: int(0, 1), when: { 'learner.opt': 'sgd' } }))],
      [
        { kind: 'set', when: { 'learner.opt': 'adam' }, set: { amsgrad: true } },
        { kind: 'set', when: { constructor: { not: 7 } }, set: { seen: true } },
        { kind: 'forbid', forbid: { toString: { not: 7 } } },
      ],
    );
    expect(resolveAs(space, { 'learner.opt': 'adam' })).toMatchObject({
      given: { 'learner.opt': 'adam', amsgrad: true },
      forbidden: false,
    });
  });

  test('never asks for a forced or inactive parameter, and gives exactly what is active or forced', () => {
    fc.assert(
      fc.property(spaces(), fc.integer(), (space, seed) => {
        const rng = makeRng(seed);
        const asked = new Map<string, unknown>();
        const { params, forced, given } = resolve(space, (spec, known) => {
          expect(asked.has(spec.name)).toBe(false);
          for (const name of Object.keys(spec.when ?? {})) expect(space.order).toContain(name);
          expect(Object.hasOwn(known, spec.name)).toBe(false);
          const value = drawUniform(spec.distribution, rng);
          asked.set(spec.name, value);
          return value;
        });
        expect(new Map(Object.entries(params))).toEqual(asked);
        expect(Object.keys(params).filter((name) => Object.hasOwn(forced, name))).toEqual([]);
        expect(given).toEqual({ ...params, ...forced });
        expect(Object.keys(given)).toEqual(
          effectiveNames(space).filter((name) => Object.hasOwn(given, name)),
        );
      }),
    );
  });
});

describe('expand', () => {
  test('varies the last parameter fastest, each only where it is active', () => {
    const space = makeSpace([opt, { ...momentum, when: { 'learner.opt': 'sgd' } }]);
    expect([...expand(space, (spec) => gridValues(spec) ?? [])].map(({ given }) => given)).toEqual([
      { 'learner.opt': 'adam' },
      { 'learner.opt': 'sgd', 'learner.momentum': 0 },
      { 'learner.opt': 'sgd', 'learner.momentum': 0.9 },
    ]);
  });

  test('yields points that resolve yields too, each once', () => {
    fc.assert(
      fc.property(spaces(smallDistributions, 4), (space) => {
        const keys = new Set<string>();
        for (const point of expand(space, (spec) => gridValues(spec) ?? [])) {
          expect(resolveAs(space, point.params)).toMatchObject(point);
          for (const { name, distribution } of space.params)
            if (Object.hasOwn(point.params, name))
              expect(contains(distribution, point.params[name] ?? null)).toBe(true);
          expect(keys.has(paramsKey(point.given))).toBe(false);
          keys.add(paramsKey(point.given));
        }
        expect(keys.size).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a space that cannot be', () => {
  test('a parameter given twice', () => {
    expect(mistake([opt, opt])).toMatchObject({
      code: 'space.duplicate',
      usage: true,
      message: 'parameter learner.opt is given twice',
    });
  });

  test.each<[string, ParamSpec[], Constraint[]]>([
    ['when', [{ ...momentum, when: { optimizer: 'sgd' } }], []],
    ['the condition of set', [momentum], [{ kind: 'set', when: { optimizer: 'sgd' }, set: { x: 1 } }]],
    ['forbid', [momentum], [{ kind: 'forbid', forbid: { optimizer: 'sgd' } }]],
  ])('an unknown name in %s, with the names there are', (_, params, constraints) => {
    expect(mistake(params, constraints)).toMatchObject({
      code: 'space.unknown-name',
      usage: true,
      message: 'a condition names optimizer, which is no parameter',
      fix: expect.stringContaining('learner.momentum') as string,
    });
  });

  test('conditions that depend on each other, with the cycle', () => {
    const a: ParamSpec = { name: 'a', distribution: int(0, 1), when: { c: 1 } };
    const b: ParamSpec = { name: 'b', distribution: int(0, 1), when: { a: 1 } };
    const constraint: Constraint = { kind: 'set', when: { b: 1 }, set: { c: 1 } };
    expect(mistake([a, b], [constraint])).toMatchObject({
      code: 'space.cycle',
      message: 'conditions depend on each other: a -> c -> b -> a',
    });
    expect(mistake([{ ...a, when: { a: 1 } }]).message).toContain('a -> a');
  });
});

test('the key of what is given does not depend on the order, and tells types apart', () => {
  expect(paramsKey({ b: 1, a: 'x' })).toBe(paramsKey({ a: 'x', b: 1 }));
  const different: Params[] = [{ a: 1 }, { a: '1' }, { a: true }, { a: null }, { b: 1 }, {}, { a: 1, b: 1 }];
  expect(new Set(different.map(paramsKey)).size).toBe(different.length);
});

test('the key is the JSON of the sorted names with their values', () => {
  const values = fc.oneof(fc.double(), fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), values), { maxLength: 6 }), (pairs) => {
      const given = Object.fromEntries(pairs);
      const names = Object.keys(given).sort();
      expect(paramsKey(given)).toBe(JSON.stringify(names.map((name) => [name, given[name]])));
    }),
  );
});

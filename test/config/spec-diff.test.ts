import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, specDifferences } from '../../src/config/spec-diff.js';
import type { StudySpec } from '../../src/core/spec.js';
import { load, own } from './files.js';

async function spec(rest: string, config = 'a: { b: 1, c: [1] }'): Promise<StudySpec> {
  const loaded = await load(own(rest), { 'config.yaml': config });
  // As it comes back from a database.
  return JSON.parse(JSON.stringify(loaded.spec));
}

const BASE = `parameters:
  x: [1, 2]
  y: { min: 0, max: 1 }
  z: { values: [a, b], when: { x: 1 } }
constraints:
  - { when: { x: 1 }, set: { y: 0 } }
`;

describe('specDifferences', () => {
  it('finds none where only the order of keys differs, or what may change', async () => {
    const other = await spec(
      `sampler: random
pruner: median
repeats: 3
logging: { local: { metrics: [loss] } }
constraints: [{ set: { y: 0 }, when: { x: 1 } }]
parameters:
  y: { max: 1, min: 0 }
  z: { when: { x: 1 }, values: [a, b] }
  x: { values: [1, 2] }
`,
      'a: { c: [1], b: 1 }',
    );
    expect(specDifferences(await spec(BASE), other)).toEqual([]);
  });

  it('finds none where choices get an order, which only samplers use', async () => {
    const words = await spec('parameters:\n  size: [small, medium, large]\n');
    const ordered = await spec('parameters:\n  size: { values: [small, medium, large], ordered: true }\n');
    expect(specDifferences(words, ordered)).toEqual([]);
  });

  it('tells what changed in a space, and which changes no study can mix', async () => {
    const now = await spec(`parameters:
  x: [1, 2, 3]
  y: { min: 0, max: 2 }
  new: [1]
`);
    expect(specDifferences(await spec(BASE), now)).toMatchInlineSnapshot(`
      [
        {
          "area": "space",
          "kind": false,
          "now": "[1,2,3]",
          "path": "parameters.x",
          "stored": "[1,2]",
        },
        {
          "area": "space",
          "kind": false,
          "now": "{"max":2,"min":0}",
          "path": "parameters.y",
          "stored": "{"max":1,"min":0}",
        },
        {
          "area": "space",
          "kind": false,
          "now": "(none)",
          "path": "parameters.z",
          "stored": "{"values":["a","b"],"when":{"x":1}}",
        },
        {
          "area": "space",
          "kind": false,
          "now": "[1]",
          "path": "parameters.new",
          "stored": "(none)",
        },
        {
          "area": "space",
          "kind": false,
          "now": "[]",
          "path": "constraints",
          "stored": "[{"kind":"set","set":{"y":0},"when":{"x":1}}]",
        },
      ]
    `);
  });

  it.each([
    ['y: { min: 1, max: 2 }', 'y: { min: 1, max: 2, log: true }', true],
    ['y: { min: 1, max: 2 }', 'y: { min: 1, max: 2, int: true }', true],
    ['y: { min: 1, max: 2 }', 'y: [1, 2]', true],
    ['y: [1, 2]', 'y: [2, 1]', false],
    ['y: [1, 2]', 'y: [2, 3, 4]', false],
    ['y: { min: 1, max: 2 }', 'y: { min: 1, max: 2, steps: 3 }', false],
    ['y: { min: 1, max: 2 }', 'y: { min: 1, max: 2, step: 0.5 }', false],
  ])('%s -> %s', async (before, after, kind) => {
    const [a, b] = [await spec(`parameters: { ${before} }`), await spec(`parameters: { ${after} }`)];
    expect(specDifferences(a, b).map((d) => [d.path, d.kind])).toEqual([['parameters.y', kind]]);
  });

  it('names the leaves of objective, trainer and run defaults', async () => {
    const [a, b] = [await spec(BASE), await spec(BASE, 'a: { b: 2, d: null }')];
    const now: StudySpec = {
      ...b,
      objectives: [{ metric: 'acc', direction: 'maximize', reduce: 'last' }],
      trainer: { command: ['./other'], cwd: '/tmp', env: { A: '1' } },
    };
    expect(
      specDifferences(a, now).map((d) => `${d.area} ${d.path}: ${d.stored} -> ${d.now}`),
    ).toMatchInlineSnapshot(`
      [
        "objective objective.metric: "loss" -> "acc"",
        "objective objective.direction: "minimize" -> "maximize"",
        "trainer trainer.command: ["./train"] -> ["./other"]",
        "trainer trainer.cwd: null -> "/tmp"",
        "trainer trainer.env.A: (none) -> "1"",
        "config a.b: 1 -> 2",
        "config a.c: [1] -> (none)",
        "config a.d: (none) -> null",
      ]
    `);
  });

  it('compares seeds only where both name one', async () => {
    const withSeeds = async (seeds: number[] | null) => ({ ...(await spec(BASE)), seeds });
    const difference = async (a: number[] | null, b: number[] | null) =>
      specDifferences(await withSeeds(a), await withSeeds(b)).map((d) => `${d.stored} ${d.now}`);
    expect(await difference([1, 2], [1, 2, 3])).toEqual([]);
    expect(await difference([1, 2], [1])).toEqual([]);
    expect(await difference([1, 2], null)).toEqual([]);
    expect(await difference([1, 2], [1, 3])).toEqual(['[1,2] [1,3]']);
  });

  it('writes equal data as equal text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const reversed = (value: unknown): unknown =>
          Array.isArray(value)
            ? value.map(reversed)
            : value && typeof value === 'object'
              ? Object.fromEntries(
                  Object.entries(value)
                    .toReversed()
                    .map(([k, v]) => [k, reversed(v)]),
                )
              : value;
        expect(canonicalJson(reversed(a))).toBe(canonicalJson(a));
        expect(JSON.parse(canonicalJson(a))).toEqual(JSON.parse(JSON.stringify(a)));
        expect(canonicalJson([a]) === canonicalJson([b])).toBe(canonicalJson(a) === canonicalJson(b));
      }),
      { numRuns: 100 },
    );
  });
});

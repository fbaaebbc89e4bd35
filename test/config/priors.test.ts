import { describe, expect, test } from 'vitest';
import { parameterInFile, specDifferences } from '../../src/config/spec-diff.js';
import { load, mistakes, own } from './files.js';

const params = async (rest: string) => (await load(own(rest))).spec.space.params;

test('a prior is a number of a range, or a weight for each choice, with a confidence', async () => {
  const found = await params(`parameters:
  a: { min: 1e-5, max: 0.1, log: true, prior: 1e-3, confidence: high }
  b: { values: [sgd, adam, lion], prior: [0.7, 0.2, 0.1] }
  c: { min: 1, max: 9, int: true, prior: 4, confidence: low }
  d: { values: [16, 32], prior: [1, 3] }
  e: { min: 0, max: 1, step: 0.1, prior: 0.25 }
  f: { min: 0, max: 1 }`);
  expect(found.map(({ prior }) => prior)).toEqual([
    { at: 1e-3, confidence: 'high', since: 0 },
    { at: [0.7, 0.2, 0.1], confidence: 'medium', since: 0 },
    { at: 4, confidence: 'low', since: 0 },
    { at: [1, 3], confidence: 'medium', since: 0 },
    { at: 0.25, confidence: 'medium', since: 0 },
    undefined,
  ]);
  // Optuna stores distributions, and refuses keys that it does not know.
  expect(Object.keys(found[0]?.distribution ?? {})).toEqual(['kind', 'low', 'high', 'log', 'step']);
});

describe('what is no prior is refused, with its place', () => {
  test.each([
    '{ min: 0, max: 1, prior: 2 }',
    '{ min: 0, max: 1, prior: [1, 2] }',
    '{ min: 0, max: 1, prior: high }',
    '{ values: [a, b, c], prior: [1, 2] }',
    '{ values: [a, b], prior: [-1, 2] }',
    '{ values: [a, b], prior: [0, 0] }',
    '{ values: [a, b], prior: a }',
    '{ min: 0, max: 1, prior: 1, confidence: sure }',
    '{ min: 0, max: 1, confidence: high }',
  ])('%s', async (written) => {
    expect(await mistakes(own(`parameters:\n  x: ${written}`))).toMatchSnapshot();
  });
});

test('a study may get other priors: they are no difference', async () => {
  const [before, after] = await Promise.all(
    ['{ min: 0, max: 1, prior: 0.2 }', '{ min: 0, max: 1, prior: 0.7, confidence: high }'].map(
      async (x) => (await load(own(`parameters:\n  x: ${x}\n  y: [1, 2]`))).spec,
    ),
  );
  if (!before || !after) throw new Error('no specifications');
  expect(specDifferences(before, after)).toEqual([]);
  const plain = (
    await load(own('parameters:\n  x: { min: 0, max: 1 }\n  y: { values: [1, 2], prior: [2, 1] }'))
  ).spec;
  expect(specDifferences(before, plain)).toEqual([]);
});

test('a parameter is shown with its prior, as the sweep file has it', async () => {
  const written = { min: 1, max: 9, int: true, prior: 4, confidence: 'low' };
  const [x, y] = await params(
    `parameters:\n  x: ${JSON.stringify(written)}\n  y: { values: [a, b], prior: [2, 1] }`,
  );
  expect(x && parameterInFile(x)).toEqual(written);
  expect(y && parameterInFile(y)).toEqual({ values: ['a', 'b'], prior: [2, 1], confidence: 'medium' });
});

import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mlflowName, paramValue, tagValue } from '../../../src/loggers/mlflow/names.js';

/** As docs/mlflow.md says. */
const nameOf = (text: string) =>
  text.replaceAll(/_x([0-9A-F]+)_/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));

const name = fc
  .array(fc.constantFrom('_', 'x', '2', 'F', '4', '%', '/', '.', '-', ' ', 'µ', 'ü', '😀', ':', 'a'), {
    minLength: 1,
  })
  .map((parts) => parts.join(''));

test('every name is a path that MLflow accepts, and can be read back', () => {
  fc.assert(
    fc.property(name, (text) => {
      const made = mlflowName(text);
      expect(made).toMatch(/^[/\p{L}\p{Nd}_.\- ]+$/u);
      expect(posix.normalize(made)).toBe(made);
      expect(made).not.toMatch(/^(?:\.$|\.\.|\/)/);
      if (made.length < 250) expect(nameOf(made)).toBe(text);
    }),
  );
});

test.each(['loss', 'val/acc', 'learner.opt', 'a_x2', 'µ', 'a-b c', '.5', 'a.b/.c'])(
  '%s stays as it is',
  (text) => {
    expect(mlflowName(text)).toBe(text);
  },
);

test('long names stay different', () => {
  const [a, b] = [mlflowName(`${'n'.repeat(300)}a`), mlflowName(`${'n'.repeat(300)}b`)];
  expect([a.length, b.length, a === b]).toEqual([250, 250, false]);
});

test('values are cut at what MLflow accepts, and hold nothing that databases refuse', () => {
  expect(paramValue('v'.repeat(6000))).toBe('v'.repeat(6000));
  expect(paramValue('v'.repeat(6001))).toBe(`${'v'.repeat(5999)}…`);
  expect(tagValue(`${'v'.repeat(4998)}😀😀`)).toBe(`${'v'.repeat(4998)}…`);
  expect(paramValue('a\0b\ud800')).toBe('a\uFFFDb\uFFFD');
});

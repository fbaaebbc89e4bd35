import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { categorical } from '../../src/core/distribution.js';
import {
  encodeChoice,
  paramsJson,
  paramText,
  parseChoice,
  parseForeignChoice,
} from '../../src/core/param-text.js';
import { parseNumber } from '../../src/protocol/metric.js';

const scalar = fc.oneof(
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const choices = fc
  .uniqueArray(scalar, { minLength: 1, maxLength: 6, selector: (value) => JSON.stringify(value) })
  .map((list) => categorical(list).choices);

describe('a choice', () => {
  test('comes back from its JSON, and from its text where no other choice has the same', () => {
    fc.assert(
      fc.property(choices, (list) => {
        const texts = list.map(paramText);
        for (const [k, choice] of list.entries()) {
          if (list.slice(0, k).some((other) => paramText(other) === JSON.stringify(choice))) continue;
          expect(parseChoice(list, JSON.stringify(choice))).toBe(choice);
          if (texts.indexOf(texts[k]!) === k && !list.slice(0, k).some((o) => JSON.stringify(o) === texts[k]))
            expect(parseChoice(list, texts[k]!)).toBe(choice);
        }
      }),
    );
  });

  test('that is a list is carried as its JSON', () => {
    expect([encodeChoice([8, 16]), encodeChoice('sgd'), encodeChoice(null)]).toEqual(['[8,16]', 'sgd', null]);
  });

  test('is known as other programs write it, after what is written exactly so', () => {
    const read = (text: string, list: readonly (string | number | boolean | null)[]) =>
      parseForeignChoice(list, text, parseNumber);
    expect([read('1e-05', [0.00001]), read('True', [true]), read('None', [null]), read('x', ['y'])]).toEqual([
      0.00001,
      true,
      null,
      undefined,
    ]);
    expect(read('True', [true, 'True'])).toBe('True');
  });
});

test('parameters are one line of JSON', () => {
  expect(paramsJson({ 'a.b': 'two\nlines', x: 1e-7, y: null })).toBe(
    '{"a.b":"two\\nlines","x":1e-7,"y":null}',
  );
});

import { expect, test } from 'vitest';
import { comparedTexts, numberText } from '../../src/pruners/number-text.js';

test('a reason has numbers with at most six digits, unless two of them would look equal', () => {
  expect(numberText(0.9602999999999999)).toBe('0.9603');
  expect(numberText(1 / 3)).toBe('0.333333');
  expect(numberText(Number.NEGATIVE_INFINITY)).toBe('-Infinity');
  expect(comparedTexts(0.1 + 0.2, 0.25)).toEqual(['0.3', '0.25']);
  expect(comparedTexts(0.1 + 0.2, 0.3)).toEqual(['0.30000000000000004', '0.3']);
  expect(comparedTexts(2, 2)).toEqual(['2', '2']);
});

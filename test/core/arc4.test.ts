import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { expect, test } from 'vitest';
import { Arc4 } from '../../src/core/arc4.js';

const COUNT = 20;

/** The package that made the numbers of studies before. */
function expectSame(seed: string): void {
  const [ours, theirs] = [new Arc4(seed), seedrandom(seed)];
  const take = (next: () => number) => Array.from({ length: COUNT }, next);
  expect(take(() => ours.next())).toEqual(take(theirs));
}

test('gives the numbers of seedrandom to the last bit, whatever the seed', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 600 }), expectSame));
});

test.each(['', 'a', '\0', '1/ask/7/0/0', 'é漢', 'x'.repeat(256), 'xyz'.repeat(300)])(
  'gives the numbers of seedrandom for %j',
  expectSame,
);

test('goes on with them for long', () => {
  const [ours, theirs] = [new Arc4('7'), seedrandom('7')];
  let [a, b] = [0, 0];
  for (let k = 0; k < 20_000; k++) [a, b] = [ours.next(), theirs()];
  expect(a).toBe(b);
});

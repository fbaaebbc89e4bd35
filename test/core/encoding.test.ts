import { expect, test } from 'vitest';
import { categorical, int } from '../../src/core/distribution.js';
import { encodingOf } from '../../src/core/encoding/encoding.js';
import { makeSpace } from '../../src/core/space.js';

test('a parameter whose only choice is null may be missing in what other programs tried', () => {
  const space = makeSpace(
    [
      { name: 'layers', distribution: int(1, 4) },
      { name: 'extra', distribution: categorical([null]) },
    ],
    [{ kind: 'set', when: { layers: 1 }, set: { other: 0 } }],
  );
  const { row } = encodingOf(space);
  expect(row({ layers: 2 })).toBeNull();
  expect(row({ layers: 2, extra: null })).toHaveLength(1);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { combine } from '../../src/results/combine.js';

const trial = fc.record({
  state: fc.constantFrom('waiting', 'running', 'complete', 'pruned', 'fail'),
  values: fc.option(fc.array(fc.integer(), { minLength: 2, maxLength: 2 })),
  violations: fc.oneof(fc.constant([]), fc.array(fc.integer(), { minLength: 1, maxLength: 2 })),
});

test('one trial gives the result that it gives beside a failed one, which adds nothing', () => {
  const failed = { state: 'fail', values: null, violations: [9] } as const;
  fc.assert(
    fc.property(trial, (one) => {
      const state = one.state === 'waiting' ? 'running' : one.state;
      const ended = state === 'complete' && one.values === null ? 'fail' : state;
      expect(combine([one])).toEqual({ ...combine([one, failed]), state: ended });
    }),
  );
});

import { expect, test } from 'vitest';
import type { AttemptRef, Checkpoints } from '../../src/executors/executor.js';
import { wrapCheckpoints } from '../../src/executors/wrap.js';

const attempt = { trial: 3, token: 't', handle: 'outer:h' };
const inner = <A extends AttemptRef>(each: A): A => ({ ...each, handle: each.handle.replace('outer:', '') });

test('wrapped checkpoints forward every member, with the attempt as the wrapped ones know it', async () => {
  const seen: unknown[] = [];
  const answer =
    (name: string) =>
    async (...given: readonly unknown[]) => {
      seen.push([name, ...given]);
      return name as never;
    };
  const wrapped = {
    kept: 2,
    trials: answer('trials'),
    exist: answer('exist'),
    look: answer('look'),
    hold: answer('hold'),
    copy: answer('copy'),
    discard: answer('discard'),
  } satisfies Checkpoints;
  const outer = wrapCheckpoints(wrapped, inner) as Checkpoints;
  expect(Object.keys(outer).sort()).toEqual(Object.keys(wrapped).sort());
  const options = { since: '' } as never;
  expect(outer.kept).toBe(2);
  const said = [
    await outer.trials(),
    await outer.exist(attempt),
    await outer.look(attempt),
    await outer.hold(attempt, options),
    await outer.copy(attempt, 'n'),
    await outer.discard(attempt),
  ];
  expect(said).toEqual(['trials', 'exist', 'look', 'hold', 'copy', 'discard']);
  const known = { ...attempt, handle: 'h' };
  expect(seen).toEqual([
    ['trials'],
    ['exist', known],
    ['look', known],
    ['hold', known, options],
    ['copy', known, 'n'],
    ['discard', known],
  ]);
  expect(wrapCheckpoints(null, inner)).toBeNull();
});

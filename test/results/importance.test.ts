import { expect, test } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { makeSpace } from '../../src/core/space.js';
import { importanceFor, importanceNotes, noImportance, orderNote } from '../../src/results/importance.js';
import { ResultsModel } from '../../src/results/results-model.js';
import { resultRow } from './rows.js';

/** A model of n trials of which only `a` matters, with changes applied in parts of this size. `far`: trials with a huge value. */
function model(n: number, part: number, factor = 3, far: readonly number[] = []): ResultsModel {
  const names = ['a', 'b'];
  const space = makeSpace(names.map((name) => ({ name, distribution: float(0, 1) })));
  const objectives = [{ metric: 'loss', direction: 'minimize', reduce: 'last' } as const];
  const found = new ResultsModel({ id: 1, seed: 7, space, spec: { objectives, repeats: 1 } });
  for (let from = 0; from < n; from += part) {
    const numbers = Array.from({ length: Math.min(part, n - from) }, (_, k) => from + k);
    const params = (k: number) => ({ a: (k * 0.618) % 1, b: (k * 0.414) % 1 });
    found.apply(
      numbers.map((k) => {
        const value = 1 + factor * params(k).a + (far.includes(k) ? 1000 : 0);
        return resultRow({ number: k, values: [value], params: params(k) });
      }),
    );
  }
  return found;
}

test('the importance lies in its interval, and the same trials give the same answer', () => {
  const found = importanceFor(model(60, 60), 0);
  expect(found).toMatchObject({ objective: 'loss', configurations: 60, left: [] });
  expect(found?.parameters[0]).toMatchObject({ name: 'a' });
  for (const { importance, low, high } of found?.parameters ?? []) {
    expect(low).toBeGreaterThanOrEqual(0);
    expect(low).toBeLessThanOrEqual(importance);
    expect(high).toBeGreaterThanOrEqual(importance);
    expect(high).toBeLessThanOrEqual(1);
  }
  expect(importanceFor(model(60, 7), 0)).toEqual(found);
  expect(found && orderNote(found)).toBeNull();
  const open = found?.parameters.map((each) => ({ ...each, low: 0.2, high: 0.8 })) ?? [];
  expect(found && orderNote({ ...found, parameters: open })).toBe(
    'whether a or b matters more is not certain',
  );
});

test('three trials of two parameters are too few, and so is a single one', () => {
  const few = importanceFor(model(3, 3), 0);
  expect(few).toMatchObject({ tooFew: true, enough: 8 });
  expect(few && importanceNotes(few)[0]).toBe(
    'too few: 3 configurations for 2 parameters; below 8 the order is mostly chance',
  );
  expect(importanceFor(model(1, 1), 0)).toBeNull();
  const none = noImportance(model(1, 1), 0);
  expect(none).toMatchObject({ objective: 'loss', parameters: [], tooFew: true, configurations: 1 });
  expect(importanceNotes(none)).toEqual([
    'too few: 1 complete configuration; two are needed, and 8 for more than chance',
  ]);
});

test('a few values far from the others are said, since shares then say little of the others', () => {
  const note = expect.stringMatching(/^2 values far from the others make up most of that variance/);
  const found = importanceFor(model(14, 14), 0);
  const far = importanceFor(model(14, 14, 3, [3, 9]), 0);
  expect(far).toMatchObject({ dominant: 2, configurations: 14 });
  expect(far && importanceNotes(far)).toContainEqual(note);
  expect(found && importanceNotes(found)).not.toContainEqual(expect.stringContaining('far from'));
});

test('an objective that is the same everywhere is said, rather than shares of nothing', () => {
  const same = importanceFor(model(16, 16, 0), 0);
  expect(same?.constant).toBe(1);
  expect(same && importanceNotes(same)).toEqual([
    'loss was 1 in all 16 complete configurations: no parameter changes it',
  ]);
  expect(importanceFor(model(16, 16), 0)?.constant).toBeNull();
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { makeSpace } from '../../src/core/space.js';
import { type ResultRow, TrialTable } from '../../src/results/trial-table.js';
import { resultRow } from './rows.js';

const STUDY = {
  space: makeSpace([{ name: 'x', distribution: float(0, 9) }]),
  spec: { objectives: [{ metric: 'loss', direction: 'minimize', reduce: 'last' }] as const, repeats: 1 },
};

const paramValue = fc.constantFrom<number | string | boolean | null>(
  1,
  0.5,
  Number.NaN,
  'adam',
  'sgd',
  true,
  null,
);
const row: fc.Arbitrary<ResultRow> = fc
  .record({
    number: fc.nat({ max: 9 }),
    configuration: fc.constantFrom(null, 0, 3),
    attempt: fc.nat({ max: 2 }),
    state: fc.constantFrom('waiting', 'running', 'complete', 'pruned', 'fail'),
    queued: fc.boolean(),
    pausedAt: fc.constantFrom(null, 0, 9),
    ranMs: fc.nat({ max: 3 }),
    pausedSinceMs: fc.constantFrom(null, 1_700_000_000_400),
    spentMs: fc.nat({ max: 3 }),
    seed: fc.constantFrom(null, 2 ** 40),
    values: fc.constantFrom(null, [1], [Number.POSITIVE_INFINITY]),
    params: fc.dictionary(fc.constantFrom('x', 'opt', 'constructor'), paramValue),
    forced: fc.dictionary(fc.constantFrom('layers'), paramValue),
    metrics: fc.dictionary(fc.constantFrom('loss', 'acc'), fc.constantFrom(1, Number.NaN)),
    epochs: fc.nat({ max: 3 }),
    startedAtMs: fc.constantFrom(null, 1_700_000_000_000),
    finishedAtMs: fc.constantFrom(null, 1_700_000_000_500),
    reason: fc.constantFrom(null, 'exit code 1'),
    device: fc.constantFrom(null, 'gpu 0'),
    note: fc.constantFrom(null, 'look again'),
    tags: fc.constantFrom([], ['a', 'b']),
    hidden: fc.boolean(),
    violations: fc.constantFrom([], [-1], [0, 2], [Number.NaN]),
    steps: fc.constantFrom(
      new Map(),
      new Map([[1, 2]]),
      new Map([
        [0, 1],
        [5, Number.NaN],
      ]),
    ),
  })
  .map(resultRow);

/** The rows as a table has them. */
function shown(table: TrialTable) {
  return Array.from({ length: table.length }, (_, k) => ({
    state: TrialTable.STATES[table.states.get(k)],
    numbers: [
      table.configurations,
      table.attempts,
      table.epochs,
      table.seeds,
      table.ranMs,
      table.spentMs,
      table.pausedAt,
      table.pausedSinceMs,
      ...table.objectives,
    ].map((column) => column.get(k)),
    times: [table.startedAtMs.get(k), table.finishedAtMs.get(k)],
    params: Object.fromEntries([...table.params].map(([name, column]) => [name, column.get(k)])),
    metrics: Object.fromEntries(
      [...table.metrics].map(([name, column]) => [
        name,
        column.isReported.get(k) ? column.values.get(k) : null,
      ]),
    ),
    reason: table.reasons.get(k),
    device: table.devices.get(k),
    note: table.notes.get(k),
    tags: table.tagsOf(k),
    hidden: table.hidden.get(k) === 1,
    violations: table.violationsOf(k),
    feasibility: table.feasibility.get(k),
    curve: table.curves.get(k),
  }));
}

test('a table brought up to date row by row is one built from the newest rows', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
      const table = new TrialTable(STUDY);
      for (const each of rows) table.apply([each]);
      const newest = new Map(rows.map((each) => [each.number, each]));
      for (const [number, each] of newest) {
        const found = shown(table)[number];
        for (const [name, value] of Object.entries({ ...each.params, ...each.forced }))
          expect(found?.params[name]).toBe(value);
        for (const [name, value] of Object.entries(each.metrics)) expect(found?.metrics[name]).toBe(value);
        const given = Object.values(found?.params ?? {}).filter((value) => value !== undefined);
        expect(given).toHaveLength(Object.keys({ ...each.params, ...each.forced }).length);
        expect(found?.reason).toBe(each.reason);
        expect(found?.numbers.at(-1)).toBe(each.values?.[0] ?? Number.NaN);
        expect(found?.numbers[3]).toBe(each.seed ?? Number.NaN);
        const { device, note, tags, hidden, violations, steps, params, forced } = each;
        expect(found).toMatchObject({ device, note, tags, hidden, violations });
        expect(found?.feasibility).toBe(
          violations.length === 0 ? 0 : violations.every((by) => by <= 0) ? 1 : 2,
        );
        const curve = found?.curve ?? null;
        expect(curve && new Map([...curve.steps].map((step, at) => [step, curve.values[at]]))).toEqual(
          steps.size === 0 ? null : steps,
        );
        // Of a parameter that is sampled and forced, the forced value counts.
        const sampled = Object.entries(params).filter(([name]) => !Object.hasOwn(forced, name));
        expect(table.paramsOf(number)).toEqual({ params: Object.fromEntries(sampled), forced });
      }
    }),
  );
});

test('a trial between two attempts is shown as queued, an enqueued one as waiting, a paused one as paused', () => {
  const table = new TrialTable(STUDY);
  const base: ResultRow = { ...(fc.sample(row, 1)[0] as ResultRow), pausedAt: null };
  table.apply([
    { ...base, number: 1, state: 'running', queued: true },
    { ...base, number: 2, state: 'waiting', queued: true },
    { ...base, number: 3, state: 'running', queued: false, pausedAt: 0 },
  ]);
  expect([0, 1, 2, 3].map((k) => TrialTable.STATES[table.states.get(k)])).toEqual([
    '',
    'QUEUED',
    'WAITING',
    'PAUSED',
  ]);
  expect(table.stateOf(3)).toBe('running');
});

test('numbers stay numbers in typed arrays, other values are codes', () => {
  const table = new TrialTable(STUDY);
  const base = fc.sample(row, 1)[0] as ResultRow;
  table.apply([
    { ...base, number: 0, params: { x: 2 }, forced: {} },
    { ...base, number: 1, params: { x: 'auto' }, forced: {} },
    { ...base, number: 200, params: { x: 'auto' }, forced: {} },
  ]);
  const column = table.params.get('x');
  expect([...(column?.numbers.values().subarray(0, 2) ?? [])]).toEqual([2, Number.NaN]);
  expect([0, 1, 2, 200].map((k) => column?.codes.get(k))).toEqual([-1, 0, -1, 0]);
  expect(column?.others).toEqual(['auto']);
});

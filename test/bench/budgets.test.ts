import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { compare, epochsTo, valuesAt } from '../../bench/budgets/comparison.js';
import { families } from '../../bench/budgets/families.js';
import { makeLedger } from '../../bench/budgets/ledger.js';
import { simulate } from '../../bench/budgets/simulate.js';
import { measured, readTable } from '../../bench/budgets/table-file.js';
import { withDefaults } from '../../src/core/component-options.js';
import { makeRandom } from '../../src/samplers/random.js';
import { schedulers } from '../../src/schedulers/registry.js';

const folder = mkdtempSync(join(tmpdir(), 'hpo-table-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the ledger of epochs', () => {
  test('a resumed trial pays only for its new epochs', () => {
    const ledger = makeLedger({ epochs: 5 }, 100);
    const losses = [5, 4, 3, 2, 1];
    expect(ledger.train('a', losses, 2)).toEqual([5, 4]);
    expect(ledger.train('a', losses, 4)).toEqual([5, 4, 3, 2]);
    expect(ledger.train('a', losses, 3)).toEqual([5, 4, 3]);
    expect(ledger.best()).toEqual([Infinity, Infinity, Infinity, Infinity]);
    ledger.train('a', losses, 5);
    expect(ledger.best().at(-1)).toBe(1);
    expect(ledger.left()).toBe(95);
  });

  test('a diverged training counts as complete and is never the best', () => {
    const ledger = makeLedger({ epochs: 2 }, 10);
    ledger.train('a', [1, Number.NaN], 2);
    ledger.train('b', [3, 2], 2);
    expect(ledger.complete()).toBe(2);
    expect(ledger.best()).toEqual([Infinity, Infinity, Infinity, 2]);
  });

  test('never spends more than the budget, and the best never becomes worse', () => {
    const asks = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 9 })));
    const never = fc.property(asks, fc.integer({ min: 1, max: 40 }), (all, budget) => {
      const ledger = makeLedger({ epochs: 6 }, budget);
      const reached = new Map<number, number>();
      for (const [trial, epoch] of all) {
        const losses = Array.from({ length: 6 }, (_, t) => trial + 1 / (t + 1));
        const { length } = ledger.train(String(trial), losses, epoch);
        reached.set(trial, Math.max(reached.get(trial) ?? 0, length));
      }
      const spent = [...reached.values()].reduce((sum, epochs) => sum + epochs, 0);
      const best = ledger.best();
      expect(best).toHaveLength(spent);
      expect(spent).toBeLessThanOrEqual(budget);
      expect(best.every((loss, k) => k === 0 || loss <= (best[k - 1] as number))).toBe(true);
    });
    return fc.assert(never);
  });
});

describe('a simulated search', () => {
  const budget = 120;
  const run = async (name: string | null, seed: number) => {
    const entry = schedulers.find((each) => each.name === name);
    const scheduler = entry ? (await entry.load())(withDefaults(entry.options, {})) : null;
    const family = families.find(({ epochs }) => epochs === 5) as (typeof families)[number];
    const options = { sampler: makeRandom(), scheduler, seed, budget, resumable: true };
    return simulate(family.make(seed), options);
  };

  test('without a scheduler every trial trains in full', async () => {
    const { best, trials, complete } = await run(null, 1);
    expect({ spent: best.length, trials, complete }).toEqual({ spent: budget, trials: 24, complete: 24 });
  });

  test('a scheduler that pauses spends the same budget on more trials', async () => {
    const { best, trials, complete } = await run('asha', 1);
    expect(best).toHaveLength(budget);
    expect(trials).toBeGreaterThan(24);
    expect(complete).toBeGreaterThan(0);
  });

  test('is the same each time', async () => {
    expect(await run('asha', 2)).toEqual(await run('asha', 2));
  });
});

describe('a family of curves', () => {
  test.each(families)('$name: the same configuration has the same curve', (family) => {
    const { space } = family.make(7);
    const params = Object.fromEntries(
      space.params.map(({ name, distribution: d }) => [
        name,
        d.kind === 'categorical' ? d.choices[0] : d.low,
      ]),
    ) as Parameters<ReturnType<typeof family.make>['losses']>[0];
    const losses = family.make(7).losses(params);
    expect(losses).toHaveLength(family.epochs);
    expect(family.make(7).losses(params)).toEqual(losses);
    expect(family.make(8).losses(params)).not.toEqual(losses);
  });
});

describe('a table of measured curves', () => {
  const csv = 'lr,kind,1,2,3\n0.001,sgd,3,2,1\n0.1,sgd,3,nan,\n0.1,adam,2,1,0.5\n';

  test('a CSV file tells the space, and the nearest configuration the curve', () => {
    const path = join(folder, 'table.csv');
    writeFileSync(path, csv);
    const { space, losses, epochs } = measured(readTable(path)).make(1);
    expect(epochs).toBe(3);
    expect(space.params.map(({ name, distribution }) => [name, distribution.kind])).toEqual([
      ['lr', 'float'],
      ['kind', 'categorical'],
    ]);
    expect(losses({ lr: 0.002, kind: 'sgd' })).toEqual([3, 2, 1]);
    expect(losses({ lr: 0.05, kind: 'sgd' })).toEqual([3, NaN, NaN]);
    expect(losses({ lr: 0.05, kind: 'adam' })).toEqual([2, 1, 0.5]);
  });

  test('a file without columns of epochs is refused', () => {
    const path = join(folder, 'odd.csv');
    writeFileSync(path, 'lr,loss\n1,2\n');
    expect(() => readTable(path)).toThrow(/expected columns of parameters and of epochs .* got lr, loss/);
  });
});

describe('the comparison', () => {
  const runs = (offset: number) => Array.from({ length: 12 }, (_, k) => [Infinity, k + offset, offset]);

  test('pairs by seed: a small difference in every instance counts', () => {
    expect(compare(runs(0.1), runs(0), 2).worse).toBeLessThan(0.01);
    expect(compare(runs(0), runs(0.1), 2).better).toBeLessThan(0.01);
    expect(compare(runs(0), runs(0), 2).worse).toBeGreaterThan(0.4);
  });

  test('no full training yet is worse than any, and equal to another without one', () => {
    expect(compare(runs(0), runs(0), 1).worse).toBeGreaterThan(0.4);
    const none = runs(0).map(() => [Infinity, Infinity, Infinity]);
    expect(compare(none, runs(0), 2).worse).toBeLessThan(0.01);
  });

  test('a seed that was not measured is left out', () => {
    const some = runs(0).map((run, k) => (k < 8 ? run : null));
    expect(valuesAt(some, 2)).toHaveLength(8);
    expect(compare(some, runs(0), 2).worse).toBeGreaterThan(0.4);
  });

  test('tells the first epoch at which the median is low enough', () => {
    expect(epochsTo(runs(0), 0.5, 3)).toBe(3);
    expect(epochsTo(runs(0), 6, 3)).toBe(2);
    expect(epochsTo(runs(0), -1, 3)).toBe(Infinity);
  });
});

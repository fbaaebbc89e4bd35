import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OptionValues } from '../../src/core/component-options.js';
import type { StudyView } from '../../src/core/study-view.js';
import type { Direction, TrialState, TrialView } from '../../src/core/trial.js';
import { refusePruning } from '../../src/pruners/registry.js';
import { configOf, loadPruner, trialOf } from './support.js';

const DIRECTIONS: readonly Direction[] = ['minimize', 'maximize'];
const RANKING = ['median', 'percentile', 'asha', 'hyperband'] as const;
const OPTIONS: Readonly<Record<(typeof RANKING)[number], OptionValues>> = {
  median: { startup_trials: 1 },
  percentile: { startup_trials: 1, percentile: 30 },
  asha: { min_resource: 2, reduction_factor: 3 },
  // One bracket: its rungs are those of asha.
  hyperband: { min_resource: 2, max_resource: 3, reduction_factor: 3 },
};

type Pair = readonly [loss: number, accuracy: number];

/** A trial that has come to a step with the same values at each. */
function pairs(number: number, [loss, accuracy]: Pair, state: TrialState = 'complete', steps = 3): TrialView {
  const constant = (value: number) => Array.from({ length: steps }, (_, k) => [k + 1, value] as const);
  const trial = trialOf(number, constant(loss), state);
  return { ...trial, objectiveSteps: [trial.steps, new Map(constant(accuracy))] };
}

const viewOf = (trials: readonly TrialView[], directions = DIRECTIONS): StudyView => ({
  directions,
  seed: 1,
  maxSteps: 9,
  earlier: null,
  configs: trials.map((trial, k) => configOf(k, [trial])),
});

async function prunes(name: (typeof RANKING)[number], own: Pair, peers: readonly Pair[]): Promise<boolean> {
  const judged = pairs(99, own, 'running', 2);
  const others = peers.map((each, k) => pairs(k, each));
  const pruner = await loadPruner(name, OPTIONS[name]);
  return pruner.decide(judged, viewOf([...others, judged])).prune;
}

const value = fc.integer({ min: 0, max: 9 });
const pair = fc.tuple(value, value);

describe.each(RANKING)('%s over several objectives', (name) => {
  test('lets a trial continue that is behind in one objective and ahead in the other', async () => {
    const peers = Array.from({ length: 8 }, (_, k): Pair => [k + 1, 0.5]);
    expect(await prunes(name, [9, 0.4], peers)).toBe(true);
    expect(await prunes(name, [9, 0.9], peers)).toBe(false);
    expect(await prunes(name, [0, 0.1], peers)).toBe(false);
  });

  test('never stops a trial that no other is as good as, and always one that is behind all in both', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { minLength: 3, maxLength: 9 }), async (peers) => {
        expect(await prunes(name, [-1, 10], peers)).toBe(false);
        expect(await prunes(name, [10, -1], peers)).toBe(true);
      }),
    );
  });

  test('NaN in one objective is as bad as in both, and an objective that is missing at the step decides nothing', async () => {
    const peers: Pair[] = [
      [1, 0.5],
      [2, 0.6],
      [3, 0.7],
      [4, 0.8],
    ];
    expect(await prunes(name, [0, Number.NaN], peers)).toBe(true);
    const pruner = await loadPruner(name, OPTIONS[name]);
    const judged = pairs(99, [9, 0], 'running', 2);
    const late = { ...judged, objectiveSteps: [judged.steps, new Map([[1, 0]])] };
    const others = peers.map((each, k) => pairs(k, each));
    expect(pruner.decide(late, viewOf([...others, late])).prune).toBe(false);
    // A peer without the objective at the step does not compete.
    const without = others.map((each) => ({ ...each, objectiveSteps: [each.steps, new Map()] }));
    expect(pruner.decide(judged, viewOf([...without, judged])).prune).toBe(false);
  });

  test('a trial that violates a metric constraint is worse than all that do so less, with one objective too', async () => {
    const pruner = await loadPruner(name, OPTIONS[name]);
    const steps = [
      [1, 5],
      [2, 5],
      [3, 5],
    ] as const;
    const violating = (number: number, by: number, state: TrialState = 'complete', count = 3): TrialView => ({
      ...trialOf(number, steps.slice(0, count), state),
      violationSteps: new Map([[2, by]]),
    });
    const decide = (own: number, peers: readonly number[]) => {
      const others = peers.map((by, k) => violating(k, by));
      // A better value than theirs does not help.
      const judged = {
        ...violating(99, own, 'running', 2),
        steps: new Map([[1, 1] as const, [2, 1] as const]),
      };
      return pruner.decide(judged, viewOf([...others, judged], ['minimize'])).prune;
    };
    expect(decide(0.5, [0, 0, 0, 0])).toBe(true);
    expect(decide(0.5, [0.1, 0.2, 0.3, 0.4])).toBe(true);
    expect(decide(0.5, [0.6, 0.7, 0.8, 0.9])).toBe(false);
    expect(decide(0, [0.6, 0.7, 0.8, 0.9])).toBe(false);
    expect(decide(0, [0, 0, 0, 0])).toBe(false);
  });

  test('says what was compared', async () => {
    const pruner = await loadPruner(name, OPTIONS[name]);
    const judged = pairs(99, [9, 0.1], 'running', 2);
    const others = [1, 2, 3, 4].map((k) => pairs(k, [k, 0.5]));
    expect(pruner.decide(judged, viewOf([...others, judged])).reason).toContain('(9, 0.1)');
  });
});

test('the others refuse more than one objective, and say which do not', () => {
  for (const name of RANKING) expect(refusePruning(name, 3)).toBeNull();
  for (const name of ['threshold', 'wilcoxon', 'patient', 'own', './mine.mjs']) {
    expect(refusePruning(name, 1)).toBeNull();
    expect(refusePruning(name, 2)).toMatchObject({ code: 'pruner.one-objective', usage: true });
    expect(refusePruning(name, 2)?.fix).toContain('median, percentile, asha, hyperband');
  }
});

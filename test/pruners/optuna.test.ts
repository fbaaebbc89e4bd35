import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import type { OptionValues } from '../../src/core/component-options.js';
import { makeRng, type Rng } from '../../src/core/rng.js';
import { optunaSays } from '../support/optuna.js';
import { describeWithReal } from '../support/real-part.js';
import { type Curve, type History, interleave, replay } from './replay.js';
import { loadPruner } from './support.js';

// Another program decides too, which a busy machine makes slow.
vi.setConfig({ testTimeout: 120_000 });

/** How trials of a history report: what each pruner is meant for. */
type Habit = {
  readonly options: (rng: Rng) => OptionValues;
  readonly nanShare: number;
  readonly outOfOrder: boolean;
  /** Whether steps may be missing. */
  readonly gaps: boolean;
  readonly maxSteps: number;
  /** Decimal digits of values: with one ties are common. */
  readonly digits: number;
  readonly histories: number;
  /** A trial is worth the mean of its steps. */
  readonly mean?: true;
};

const HABITS: Readonly<Record<string, Habit>> = {
  percentile: {
    options: (rng) => ({
      percentile: [0, 10, 25, 50, 90, 100][rng.int(6)] as number,
      startup_trials: rng.int(4),
      warmup_steps: rng.int(3),
      interval_steps: 1 + rng.int(3),
      min_trials: 1 + rng.int(2),
    }),
    nanShare: 0.1,
    outOfOrder: true,
    gaps: true,
    maxSteps: 8,
    digits: 1,
    histories: 100,
  },
  asha: {
    options: (rng) => ({
      min_resource: 1 + rng.int(3),
      reduction_factor: 2 + rng.int(3),
      min_early_stopping_rate: rng.int(2),
      bootstrap_count: rng.int(2),
    }),
    // Optuna leaves NaN out of the competition; here it has lost it.
    nanShare: 0,
    outOfOrder: false,
    // A trial that skips a rung and is pruned at the one before competes here at both, as it has come to both.
    gaps: false,
    maxSteps: 30,
    digits: 1,
    histories: 100,
  },
  hyperband: {
    options: (rng) => ({
      min_resource: 1 + rng.int(2),
      max_resource: 30,
      reduction_factor: 2 + rng.int(3),
      bootstrap_count: rng.int(2),
    }),
    nanShare: 0,
    outOfOrder: false,
    gaps: false,
    maxSteps: 30,
    digits: 1,
    histories: 100,
  },
  patient: {
    options: (rng) => ({ patience: rng.int(4), min_delta: rng.int(3) / 10 }),
    nanShare: 0,
    outOfOrder: true,
    gaps: true,
    maxSteps: 15,
    digits: 1,
    histories: 100,
  },
  threshold: {
    options: (rng) => ({
      lower: rng.int(4) / 10,
      upper: 0.5 + rng.int(5) / 10,
      warmup_steps: rng.int(3),
      interval_steps: 1 + rng.int(3),
    }),
    nanShare: 0.1,
    outOfOrder: true,
    gaps: true,
    maxSteps: 8,
    digits: 1,
    histories: 100,
  },
  wilcoxon: {
    options: (rng) => ({ p_threshold: [0.05, 0.1, 0.3][rng.int(3)] as number, startup_steps: rng.int(5) }),
    nanShare: 0,
    outOfOrder: true,
    gaps: true,
    // Beyond 13 pairs with ties SciPy approximates what is exact here: no ties, and both sides of 50.
    maxSteps: 70,
    digits: 15,
    // SciPy lists the exact distribution anew for each report.
    histories: 12,
    mean: true,
  },
};

function randomCurve(
  rng: Rng,
  { nanShare, outOfOrder, gaps, maxSteps, digits }: Habit,
  mean: boolean,
): Curve {
  const level = rng.float();
  const count = 1 + rng.int(maxSteps);
  const density = !gaps || rng.float() < 0.5 ? 1 : 0.8;
  const steps = Array.from({ length: count }, (_, step) => step).filter(
    (step) => step === 0 || rng.float() < density,
  );
  if (outOfOrder && steps.length > 2 && rng.float() < 0.3) {
    const at = rng.int(steps.length - 1);
    steps.splice(at, 2, steps[at + 1] as number, steps[at] as number);
  }
  const reports = steps.map((step) => {
    const value = Number((0.6 * level + 0.4 * rng.float()).toFixed(digits));
    return [step, rng.float() < nanShare ? Number.NaN : value] as const;
  });
  if (rng.float() < 0.1) return { reports, end: null };
  const values = reports.map(([, value]) => value).filter((value) => !Number.isNaN(value));
  return {
    reports,
    end: mean ? values.reduce((a, b) => a + b, 0) / values.length || 0 : (values.at(-1) ?? 0),
  };
}

function randomHistory(name: string, habit: Habit, rng: Rng): History {
  const curves = Array.from({ length: 4 + rng.int(25) }, () => randomCurve(rng, habit, habit.mean ?? false));
  return {
    pruner: name,
    options: habit.options(rng),
    direction: rng.int(2) === 0 ? 'minimize' : 'maximize',
    events: interleave(curves, 1 + rng.int(4), rng),
  };
}

/** patient around those that theirs and ours ask alike: their asha notes rungs only when it is asked, and so later. */
const AROUND: Readonly<Record<string, Habit>> = Object.fromEntries(
  ['percentile', 'threshold', 'wilcoxon'].map((inner) => {
    const [own, patient] = [HABITS[inner] as Habit, HABITS.patient as Habit];
    const options = (rng: Rng) => ({
      ...patient.options(rng),
      around: { name: inner, options: own.options(rng) },
    });
    return [inner, { ...own, nanShare: 0, maxSteps: Math.max(own.maxSteps, 15), options }];
  }),
);

const CASES = [
  ...Object.entries(HABITS).map(([name, habit]) => ({ title: name, name, habit })),
  ...Object.entries(AROUND).map(([name, habit]) => ({
    title: `patient around ${name}`,
    name: 'patient',
    habit,
  })),
];

describeWithReal('optuna', "Optuna's pruners", () => {
  test.each(CASES)('$title decides as theirs over random histories', async ({ name, habit }) => {
    const rng = makeRng(5, name);
    const histories = Array.from({ length: habit.histories }, () => randomHistory(name, habit, rng));
    // NaN has no JSON.
    const input = JSON.stringify(histories, (_, value: unknown) => (Number.isNaN(value) ? 'nan' : value));
    const script = fileURLToPath(new URL('./fixtures/replay_history.py', import.meta.url));
    const theirs = JSON.parse(await optunaSays([script], { input })) as boolean[][];
    const ours = await Promise.all(
      histories.map(async (history) => replay(await loadPruner(name, history.options), history)),
    );
    const pruned = theirs.flat().filter(Boolean).length;
    expect(pruned).toBeGreaterThan(50);
    expect(theirs.flat().length - pruned).toBeGreaterThan(50);
    const different = histories.filter((_, k) => JSON.stringify(ours[k]) !== JSON.stringify(theirs[k]));
    expect(different.slice(0, 1)).toEqual([]);
    expect(different.length).toBe(0);
  });
});

import { float } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, paramsKey } from '../../src/core/space.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import { fitCurves } from '../../src/curves/curve-model.js';
import type { Bench } from '../bench.js';
import { families } from '../budgets/families.js';
import { median } from '../stats.js';
import { measureQuality } from './quality.js';

const COUNTS = [12, 25, 60] as const;
const TRIALS = 100;
const STEPS = 30;

/** Measures the forecasts of the model of learning curves, and the time that they take. */
export const benchCurves: Bench = async ({ quick, say }) => {
  const seeds = Array.from({ length: quick ? 1 : 20 }, (_, seed) => seed);
  const rows: string[][] = [];
  const figures: (readonly string[])[] = [];
  for (const family of families) {
    for (const count of COUNTS) {
      say(`curves: ${family.name}, ${count} trials`);
      const measured = seeds.map((seed) => measureQuality(family, seed, count));
      const middle = (of: (quality: (typeof measured)[number]) => number) => {
        const known = measured.map(of).filter((value) => !Number.isNaN(value));
        return known.length > 0 ? median(known).toFixed(2) : '';
      };
      const row = [
        family.name,
        String(count),
        middle(({ forecasts }) => forecasts),
        middle(({ lastValues }) => lastValues),
        middle(({ unseen }) => unseen),
        middle(({ logDensity }) => logDensity),
        middle(({ covered }) => covered),
      ];
      rows.push(row);
      figures.push(row);
    }
  }
  const cpuMs = Array.from({ length: quick ? 3 : 30 }, (_, seed) => timeOf(seed));
  const steady = cpuMs.slice(Math.floor(cpuMs.length / 3));
  return {
    title: 'The model of learning curves',
    intro: `Forecasts of what unfinished trials come to at the full budget; medians over ${seeds.length} seeds.`,
    sections: [
      {
        title: 'Quality',
        text:
          'Configurations are drawn at random. Three trials are complete; the others are in the middle of halving by thirds. ' +
          "Rank correlations (Spearman) with the truth over the unfinished trials: of the forecasts, of the trials' last values, and " +
          'of the forecasts of 40 new configurations. Then the log density of the truth (without diverged trials; more is better), and ' +
          'the share of truths in the central 80 % of the forecasts.',
        header: ['family', 'trials', 'forecasts', 'last values', 'new ones', 'log density', 'in 80 %'],
        rows,
      },
      {
        title: 'Time',
        text: `CPU time of a fit and the forecasts of all trials: ${TRIALS} trials of up to ${STEPS} steps, 4 parameters.`,
        header: ['first call ms', 'median of later ones ms'],
        rows: [[(cpuMs[0] as number).toFixed(0), median(steady).toFixed(1)]],
      },
    ],
    figures: { seeds, cpuMs, families: figures },
  };
};

/** Returns the CPU time of a fit and all forecasts, in ms: a fifth of the trials are complete, the others at some step. */
function timeOf(seed: number): number {
  const rng = makeRng(seed, 'time');
  const space = makeSpace(['a', 'b', 'c', 'd'].map((name) => ({ name, distribution: float(0, 1) })));
  const configs = Array.from({ length: TRIALS }, (_, number): ConfigView => {
    const params = { a: rng.float(), b: rng.float(), c: rng.float(), d: rng.float() };
    const reached = number % 5 === 0 ? STEPS : 1 + rng.int(STEPS - 1);
    const steps = new Map(
      Array.from({ length: reached }, (_, t) => [
        t + 1,
        params.a + Math.exp(-params.b * t) + 0.02 * rng.normal(),
      ]),
    );
    const state = reached === STEPS ? 'complete' : 'running';
    const values = state === 'complete' ? [steps.get(STEPS) as number] : null;
    const trials = [{ number, state, values, steps } as const];
    const key = paramsKey(params);
    return {
      index: number,
      params,
      key,
      state,
      values,
      std: null,
      trialCount: values ? 1 : 0,
      violations: [],
      trials,
      attrs: {},
    };
  });
  const view: StudyView = { directions: ['minimize'], seed, maxSteps: STEPS, earlier: null, configs };
  const begin = process.cpuUsage();
  const model = fitCurves(view, space);
  for (const trial of model?.trials ?? []) model?.forecast(trial);
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

import { drawUniform } from '../../src/core/draw.js';
import { makeRng } from '../../src/core/rng.js';
import { paramsKey, resolve } from '../../src/core/space.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import { fitCurves } from '../../src/curves/curve-model.js';
import type { Family } from '../budgets/table.js';

/** How well forecasts of one study agree with what its trials came to. */
export type Quality = {
  /** Spearman's correlation with the truth over unfinished trials: of forecasts, and of their last values. */
  readonly forecasts: number;
  readonly lastValues: number;
  /** The same over new configurations. */
  readonly unseen: number;
  /** Mean log density of the truth on the model's scale, over unfinished trials that do not diverge. */
  readonly logDensity: number;
  /** Share of the truths within 1.28 standard deviations; 0.8 is right. */
  readonly covered: number;
  readonly fitMs: number;
};

/** Returns a study in the middle of halving: everything ran a little, the best third more, and so on. */
export function stateOf(family: Family, seed: number, count: number) {
  const table = family.make(seed);
  const draw = (k: number) => {
    const rng = makeRng(seed, 'configuration', k);
    return resolve(table.space, ({ distribution }) => drawUniform(distribution, rng));
  };
  const trials = Array.from({ length: count }, (_, number) => {
    const { params, given } = draw(number);
    return { number, params, key: paramsKey(given), losses: table.losses(params) };
  });
  const rung = [
    ...reached(
      trials.map(({ losses }) => losses),
      table.epochs,
    ),
  ];
  const configs = trials.map(({ number, params, key, losses }, k): ConfigView => {
    const to = rung[k] as number;
    const steps = new Map(losses.slice(0, to).map((loss, t) => [t + 1, loss]));
    const final = to === table.epochs ? (losses.at(-1) as number) : null;
    const state = final === null ? 'running' : Number.isNaN(final) ? 'fail' : 'complete';
    const values = state === 'complete' ? [final as number] : null;
    return {
      index: number,
      params,
      key,
      state,
      values,
      std: null,
      trialCount: values ? 1 : 0,
      violations: [],
      trials: [{ number, state, values, steps }],
      attrs: {},
    };
  });
  const view: StudyView = { directions: ['minimize'], seed, maxSteps: table.epochs, earlier: null, configs };
  return { view, table, trials, rung, draw };
}

/** Returns the quality of a model of such a study. */
export function measureQuality(family: Family, seed: number, count: number): Quality {
  const { view, table, trials, rung, draw } = stateOf(family, seed, count);
  const begin = process.cpuUsage();
  const model = fitCurves(view, table.space);
  if (!model) throw new Error('no model of a study with reports');
  const asked = trials.map(({ number }) => model.forecast(number));
  const used = process.cpuUsage(begin);
  const open = trials.filter(({ number }) => view.configs[number]?.state === 'running');
  const truth = (losses: readonly number[]) => model.place(losses.at(-1) as number);
  let logDensity = 0;
  let covered = 0;
  let counted = 0;
  for (const { number, losses } of open) {
    const forecast = asked[number];
    if (!forecast || Number.isNaN(losses.at(-1))) continue;
    const off = (truth(losses) - forecast.mean) / forecast.deviation;
    logDensity -= 0.5 * off * off + Math.log(forecast.deviation * Math.sqrt(2 * Math.PI));
    covered += Math.abs(off) < 1.2816 ? 1 : 0;
    counted++;
  }
  const fresh = Array.from({ length: 40 }, (_, k) => draw(count + k).params);
  return {
    forecasts: spearman(
      open.map(({ number }) => asked[number]?.mean ?? 0),
      open.map(({ losses }) => truth(losses)),
    ),
    lastValues: spearman(
      open.map(({ number, losses }) => model.place(losses[(rung[number] as number) - 1] as number)),
      open.map(({ losses }) => truth(losses)),
    ),
    unseen: spearman(
      fresh.map((params) => model.forecastAt(params).mean),
      fresh.map((params) => truth(table.losses(params))),
    ),
    logDensity: logDensity / counted,
    covered: covered / counted,
    fitMs: (used.user + used.system) / 1000,
  };
}

/** The first trials run in full: they show what a whole curve looks like. */
const WHOLE = 3;

/** Returns how far each other trial came: halving by thirds, by the last value. */
function reached(losses: readonly (readonly number[])[], epochs: number): number[] {
  const to = losses.map((_, k) => (k < WHOLE ? epochs : 0));
  let alive = losses.flatMap((_, k) => (k < WHOLE ? [] : [k]));
  for (let rung = Math.max(1, Math.round(epochs / 9)); alive.length > 0; rung *= 3) {
    const end = Math.min(rung, epochs);
    for (const k of alive) to[k] = end;
    if (end === epochs) break;
    const at = (k: number) => losses[k]?.[end - 1] as number;
    alive = alive
      .filter((k) => !Number.isNaN(at(k)))
      .sort((a, b) => at(a) - at(b))
      .slice(0, Math.max(1, Math.ceil(alive.length / 3)));
  }
  return to;
}

/** Spearman's rank correlation; ties have their mean rank. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (a.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    const [dx, dy] = [(x[k] as number) - mean, (y[k] as number) - mean];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

function ranks(values: readonly number[]): number[] {
  return values.map((v) => {
    const below = values.filter((w) => w < v).length;
    const equal = values.filter((w) => w === v).length;
    return below + (equal - 1) / 2;
  });
}

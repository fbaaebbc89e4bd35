import type { Space } from '../../core/space.js';
import { mean, standardDeviation } from '../../core/stats.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import type { CurveModel } from '../../curves/curve-model.js';
import { curvesOf } from '../../curves/predicted-view.js';
import { type Belief, type Stages, valueOf } from './worth.js';

/** The constants of the policy, chosen on families of curves of many kinds (`npm run bench -- budgets`). */
export const POLICY = {
  /** The first trials run to their ends: they show what whole curves look like. */
  whole: 2,
  /** A new configuration is believed to be like this many of the newest ones. */
  newest: 20,
  factor: 2,
  doubtNew: 0,
  doubtOld: 1,
  wide: 1,
  bonus: 1,
};

/** A paused trial that is worth more steps. */
export type Choice = { readonly trial: number; readonly toStep: number; readonly price: number };

export function choose(
  view: StudyView,
  space: Space,
  { rungs, canAsk }: { readonly rungs: readonly number[]; readonly canAsk: boolean },
): Choice | null {
  const model = curvesOf(view, space);
  if (model === null) return null;
  const paused = view.configs.flatMap(({ trials }) => trials.filter(({ pausedAt }) => (pausedAt ?? null) !== null));
  if (paused.length === 0) return null;
  const stages: Stages = {
    costs: rungs.map((rung, k) => rung - (rungs[k - 1] ?? 0)),
    left: rungs.map((rung) => model.unexplained(rung)),
  };
  const best = bestPlace(view, model);
  const fresh = newBelief(view.configs, model);
  const floor = canAsk && fresh !== null ? POLICY.bonus * priceOf(fresh, stages, best, 0) : 0;
  let chosen: Choice | null = null;
  for (const trial of paused) {
    const forecast = model.forecast(trial.number);
    if (!forecast) continue;
    const at = trial.pausedAt as number;
    const reached = rungs.findLastIndex((rung) => rung <= at);
    const belief = { mean: forecast.mean, deviation: forecast.deviation / Math.sqrt(1 + (1 - POLICY.doubtOld) * (model.doubt - 1)), reached };
    const least = Math.max(floor, chosen?.price ?? 0);
    if (!(valueOf(belief, stages, best, least) > 0)) continue;
    const price = priceOf(belief, stages, best, least);
    if (chosen === null || price > chosen.price)
      chosen = { trial: trial.number, toStep: rungs[reached + 1] as number, price };
  }
  return chosen;
}

/** Returns the best place of a complete trial; of all forecasts when there is none. */
function bestPlace({ configs }: StudyView, model: CurveModel): number {
  const complete = configs.flatMap(({ trials }) =>
    trials.flatMap((trial) => (trial.state === 'complete' ? (model.forecast(trial.number)?.mean ?? []) : [])),
  );
  if (complete.length > 0) return Math.min(...complete);
  return Math.min(...model.trials.map((trial) => model.forecast(trial)?.mean ?? Number.POSITIVE_INFINITY));
}

/** Returns what is believed of a configuration that the sampler will propose next: it is like the newest ones. */
function newBelief(configs: readonly ConfigView[], model: CurveModel): Belief | null {
  const recent = configs
    .slice(-POLICY.newest)
    .flatMap(({ trials }) => model.forecast(trials[0]?.number ?? -1) ?? []);
  if (recent.length === 0) return null;
  const means = recent.map((forecast) => forecast.mean);
  const spread = standardDeviation(means) ?? 0;
  const own = mean(recent.map(({ deviation }) => deviation * deviation)) / (1 + POLICY.doubtNew * 0 + (1 - POLICY.doubtNew) * (model.doubt - 1));
  return { mean: mean(means), deviation: POLICY.wide * Math.sqrt(spread * spread + own), reached: -1 };
}

const HALVINGS = 16;

/** Returns the price of a step at which a trial is worth just nothing, at least `from`: its index. */
function priceOf(belief: Belief, stages: Stages, best: number, from: number): number {
  let low = from;
  let high = Math.max(from, 1e-6);
  while (valueOf(belief, stages, best, high) > 0) {
    low = high;
    high *= 4;
  }
  for (let k = 0; k < HALVINGS && high - low > 1e-3 * high; k++) {
    const middle = 0.5 * (low + high);
    if (valueOf(belief, stages, best, middle) > 0) low = middle;
    else high = middle;
  }
  return low;
}

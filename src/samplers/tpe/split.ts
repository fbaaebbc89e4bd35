import type { ConfigView, StudyView } from '../../core/study-view.js';

export type Split = {
  /** Configurations with a result: complete or pruned. */
  readonly finished: number;
  /** The best of them, oldest first. */
  readonly good: readonly ConfigView[];
  /** The rest and, as constant liars, the running ones, oldest first. */
  readonly bad: readonly ConfigView[];
};

/**
 * Divides the history as Optuna does: complete configurations by value, then pruned ones (the further they came the
 * better, then by value); the best min(ceil(0.1 n), 25) are good. Running ones count as bad, so that parallel
 * proposals keep apart. Failed ones teach nothing.
 */
export function splitHistory(view: StudyView): Split {
  const sign = view.directions[0] === 'maximize' ? -1 : 1;
  const ranked = view.configs
    .map((config, order) => ({ config, order, rank: rankOf(config, sign) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => compare(a.rank as Rank, b.rank as Rank) || a.order - b.order);
  const count = Math.min(Math.ceil(0.1 * ranked.length), 25);
  const good = ranked.slice(0, count).sort((a, b) => a.order - b.order);
  const chosen = new Set(good.map(({ config }) => config));
  return {
    finished: ranked.length,
    good: good.map(({ config }) => config),
    bad: view.configs.filter((config) => !chosen.has(config) && config.state !== 'fail'),
  };
}

/** Lower is better, compared from the left. */
type Rank = readonly [group: number, steps: number, value: number];

function rankOf(config: ConfigView, sign: number): Rank | null {
  const value = config.values?.[0];
  // A mean over infinities of both signs is NaN, which compares with nothing: it counts as the worst.
  const score = value === undefined || Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value;
  if (config.state === 'complete' || (config.state === 'running' && config.n > 0)) {
    return value === undefined ? null : [0, 0, score];
  }
  if (config.state !== 'pruned') return null;
  const last = Math.max(-1, ...config.trials.map((trial) => [...trial.steps.keys()].at(-1) ?? -1));
  return [1, -last, score];
}

function compare(a: Rank, b: Rank): number {
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k] as number, b[k] as number];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

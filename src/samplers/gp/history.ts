import type { Encoding } from '../../core/encoding/encoding.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import { rankKeyOf, scoreOf } from '../trial-ranking.js';
import { usualLimit } from './diverged.js';

/** One configuration as input of the model. Lower is better. */
export type Observation = {
  readonly row: Float64Array;
  readonly value: number;
  /** Number of finished repeats behind the mean `value`. */
  readonly n: number;
  /** Standard deviation of the repeats; null with fewer than two. */
  readonly std: number | null;
  /** Standard deviation of a forecast's error, in the objective's units; 0 for a result. */
  readonly error: number;
  /** Violation of each metric constraint, <= 0 where it is kept; empty where unknown. */
  readonly constraints: readonly number[];
  /** Its trainer ran to the end. */
  readonly complete: boolean;
};

export type History = {
  readonly observed: readonly Observation[];
  /** Number of configurations with a value; `observed` may be some of them. */
  readonly known: number;
  /** Rows of configurations that are still running, and of those that failed. */
  readonly running: readonly Float64Array[];
  readonly failed: readonly Float64Array[];
  /** Keys of all configurations. */
  readonly held: ReadonlySet<string>;
};

/** More observations than this cost too much time: then only the best half and the newest of the rest are used. */
const LIMIT = 150;
const OTHERS = 30;

/** Returns the number of configurations with a value: complete, pruned (their last value), and running ones with a finished repeat. */
export function countFinished(view: StudyView): number {
  return view.configs.reduce((count, config) => count + (hasValue(config) ? 1 : 0), 0);
}

function hasValue({ state, values }: ConfigView): boolean {
  return state !== 'fail' && values?.[0] !== undefined;
}

/** Whether the value is a forecast (`predictedView`): no trial has come to it, and its error is known. */
function isForecast({ trialCount, std }: ConfigView): boolean {
  return trialCount === 0 && std !== null;
}

/** Whether a configuration with a value ran to the end, at least once. */
function isComplete(config: ConfigView): boolean {
  return config.state !== 'pruned' && !(isForecast(config) && (config.std?.[0] ?? 0) > 0);
}

export function readHistory(view: StudyView, encoding: Encoding): History {
  const sign = view.directions[0] === 'maximize' ? -1 : 1;
  const known = view.configs.filter(hasValue);
  const chosen = choose(known, sign);
  const observed = chosen.flatMap((config): Observation[] => {
    const row = rowOf(encoding, config);
    if (!row) return [];
    const value = scoreOf(config.values?.[0], sign);
    const spread = config.std?.[0] ?? null;
    const { violations: constraints, trialCount } = config;
    const error = isForecast(config) ? (spread ?? 0) : 0;
    const std = error > 0 ? null : spread;
    return [
      { row, value, n: Math.max(1, trialCount), std, error, constraints, complete: isComplete(config) },
    ];
  });
  const rowsOf = (state: string) =>
    view.configs
      .filter((config) => config.state === state && !hasValue(config))
      .slice(-OTHERS)
      .flatMap((config) => rowOf(encoding, config) ?? []);
  // Of all configurations: those that are left out of the model show what is usual, above all the first ones.
  const limit = usualLimit(
    known.flatMap((config) => (isComplete(config) ? [scoreOf(config.values?.[0], sign)] : [])),
  );
  const diverged = observed.filter(({ value }) => value > limit);
  return {
    observed: behindComplete(tame(observed.filter(({ value }) => value <= limit))),
    known: known.length,
    running: rowsOf('running'),
    failed: [...rowsOf('fail'), ...diverged.map(({ row }) => row)].slice(-OTHERS),
    held: new Set(view.configs.map((config) => config.key)),
  };
}

const memo = new WeakMap<Encoding, WeakMap<ConfigView, Float64Array | null>>();

/** Returns the row of a configuration, which never changes; null where it is outside the space. */
function rowOf(encoding: Encoding, config: ConfigView): Float64Array | null {
  let rows = memo.get(encoding);
  if (rows === undefined) {
    rows = new WeakMap();
    memo.set(encoding, rows);
  }
  let row = rows.get(config);
  if (row === undefined) {
    row = encoding.row(config.params);
    rows.set(config, row);
  }
  return row;
}

function choose(known: readonly ConfigView[], sign: number): readonly ConfigView[] {
  if (known.length <= LIMIT) return known;
  const order = known.map((config, at) => ({ at, ...rankKeyOf(config, sign) }));
  // Infinity minus infinity is NaN: compare, do not subtract.
  const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);
  order.sort(
    (a, b) => a.tier - b.tier || compare(a.first, b.first) || compare(a.second, b.second) || a.at - b.at,
  );
  const keep = new Set(order.slice(0, LIMIT / 2).map(({ at }) => at));
  for (let at = known.length - 1; keep.size < LIMIT; at--) keep.add(at);
  return known.filter((_, at) => keep.has(at));
}

/**
 * Returns the observations with each pruned value no better than the worst complete one. A pruned value comes from fewer
 * steps, so a low one means little, and a pruner has found it worse than others. A forecast is what it is.
 */
function behindComplete(observed: readonly Observation[]): readonly Observation[] {
  const complete = observed.flatMap((each) => (each.complete ? [each.value] : []));
  if (complete.length === 0) return observed;
  const worst = complete.reduce((a, b) => Math.max(a, b));
  return observed.map((each) =>
    each.complete || each.error > 0 ? each : { ...each, value: Math.max(each.value, worst) },
  );
}

/** Returns the observations with infinite values (NaN among them) replaced by the limits of the finite ones. */
export function tame(observed: readonly Observation[]): readonly Observation[] {
  const finite = observed.map(({ value }) => value).filter(Number.isFinite);
  const high = clip(finite.reduce((a, b) => Math.max(a, b), finite[0] ?? 0));
  return observed.map((each) => {
    return { ...each, value: Number.isFinite(each.value) ? clip(each.value) : high };
  });
}

/** Clips to values whose differences are finite. */
const clip = (value: number) => Math.min(1e300, Math.max(-1e300, value));

import type { Encoding } from '../../../core/encoding/encoding.js';
import { nonDominatedRanks } from '../../../core/pareto.js';
import type { ConfigView, StudyView } from '../../../core/study-view.js';
import { bestByFronts } from '../../nondominated-sort.js';
import { scoresOf } from '../../trial-ranking.js';
import { usualLimit } from '../diverged.js';
import { type History, type Observation, tame } from '../history.js';

/** As the history of one objective: `observed` has the same configurations for each objective. */
export type FrontHistory = Omit<History, 'observed'> & {
  readonly observed: readonly (readonly Observation[])[];
};

/** More observations than this cost too much time, for each objective has a model: then the best half and the newest. */
const LIMIT = 160;
const OTHERS = 30;

type Known = { readonly config: ConfigView; readonly row: Float64Array; readonly losses: readonly number[] };

/** Returns what is known of several objectives. Lower is better in each. */
export function readFrontHistory(view: StudyView, encoding: Encoding): FrontHistory {
  const { directions, configs } = view;
  const whole = configs.filter((config) => hasValues(config, directions.length));
  const known = choose(view, whole).flatMap((config): Known[] => {
    const row = encoding.row(config.params);
    return row ? [{ config, row, losses: scoresOf(config.values, directions) }] : [];
  });
  const complete = whole
    .filter(({ state }) => state !== 'pruned')
    .map(({ values }) => scoresOf(values, directions));
  const limits = directions.map((_, k) => usualLimit(complete.map((losses) => losses[k] as number)));
  const diverges = ({ losses }: Known) => losses.some((loss, k) => loss > (limits[k] as number));
  const used = known.filter((each) => !diverges(each));
  const rowsOf = (state: string) =>
    configs
      .filter((config) => config.state === state && !hasValues(config, directions.length))
      .slice(-OTHERS)
      .flatMap((config) => encoding.row(config.params) ?? []);
  const tamed = directions.map((_, k) => tame(used.map((each) => observationOf(each, k))));
  return {
    observed: behindComplete(tamed),
    known: whole.length,
    running: rowsOf('running'),
    failed: [...rowsOf('fail'), ...known.filter(diverges).map(({ row }) => row)].slice(-OTHERS),
    held: new Set(configs.map(({ key }) => key)),
  };
}

function hasValues({ state, values }: ConfigView, objectives: number): boolean {
  return state !== 'fail' && values?.length === objectives;
}

function observationOf({ config, row, losses }: Known, objective: number): Observation {
  return {
    row,
    value: losses[objective] as number,
    n: Math.max(1, config.trialCount),
    std: config.std?.[objective] ?? null,
    error: 0,
    constraints: config.violations,
    complete: config.state !== 'pruned',
  };
}

function choose(view: StudyView, known: readonly ConfigView[]): readonly ConfigView[] {
  if (known.length <= LIMIT) return known;
  const keep = new Set(bestByFronts({ ...view, configs: known }, LIMIT / 2).map(({ config }) => config));
  for (let at = known.length - 1; keep.size < LIMIT; at--) keep.add(known[at] as ConfigView);
  return known.filter((config) => keep.has(config));
}

/**
 * Returns the observations with each pruned one behind a complete one. Its values come from fewer steps, so good ones mean
 * little, and a pruner has found it worse than others. It is raised to the values of the complete one that is nearest, in
 * the objectives where it looks better.
 */
function behindComplete(observed: readonly (readonly Observation[])[]): readonly (readonly Observation[])[] {
  const first = observed[0] ?? [];
  const complete = first.flatMap(({ complete }, at) => (complete ? [at] : []));
  if (complete.length === 0 || complete.length === first.length) return observed;
  const lossOf = (k: number, at: number) => observed[k]?.[at]?.value as number;
  const ranks = nonDominatedRanks(complete.map((at) => observed.map((_, k) => lossOf(k, at))));
  const front = complete.filter((_, place) => ranks[place] === 0);
  const lengths = observed.map((of) => {
    const values = of.map(({ value }) => value);
    const length = values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
    return length > 0 ? length : 1;
  });
  const behind = first.map((each, at) => {
    if (each.complete) return at;
    let nearest = at;
    let least = Number.POSITIVE_INFINITY;
    for (const other of front) {
      let raise = 0;
      for (let k = 0; k < observed.length; k++)
        raise += Math.max(0, lossOf(k, other) - lossOf(k, at)) / (lengths[k] as number);
      if (raise < least) [least, nearest] = [raise, other];
    }
    return nearest;
  });
  return observed.map((of, k) =>
    of.map((each, at) => ({ ...each, value: Math.max(each.value, lossOf(k, behind[at] as number)) })),
  );
}

import type { ConfigView, StudyView } from '../../core/study-view.js';
import type { Attrs, JsonValue } from '../../core/trial.js';

/** What the sampler finds again with a configuration of its own. */
export type Mark = {
  readonly generation: number;
  /** The point in the unit cube, before values were rounded to their lattices; inactive coordinates too. */
  readonly x: readonly number[];
  /** On the first of generation 0: where the strategy began. */
  readonly start?: readonly number[];
  /** On the first of a later generation: first trials of the configurations that made up the one before. */
  readonly parents?: readonly number[];
};

export const toAttrs = (mark: Mark): Attrs => ({ cmaes: mark as unknown as JsonValue });

/** The mark of a configuration; null where it has none or one of another space. */
export function markOf({ attrs }: ConfigView, n: number): Mark | null {
  const mark = attrs.cmaes;
  if (typeof mark !== 'object' || mark === null || !('x' in mark)) return null;
  const { generation, x, start, parents } = mark as Partial<Record<keyof Mark, JsonValue>>;
  if (typeof generation !== 'number' || !isNumbers(x) || x.length !== n) return null;
  return {
    generation,
    x,
    ...(isNumbers(start) && start.length === n ? { start } : {}),
    ...(isNumbers(parents) ? { parents } : {}),
  };
}

function isNumbers(value: JsonValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'number');
}

/** Lower is better, compared from the left. */
export type Rank = readonly [group: number, second: number, value: number];

export const FAILED: Rank = [3, 0, 0];

/**
 * Feasible results by value, then infeasible ones by how much they break, then pruned ones (the further they came the
 * better), then failures; null while it runs. NaN counts as the worst value.
 */
export function rankOf(config: ConfigView, { directions }: StudyView): Rank | null {
  if (config.state === 'running') return null;
  const value = config.values?.[0];
  const score =
    value === undefined || Number.isNaN(value)
      ? Number.POSITIVE_INFINITY
      : directions[0] === 'maximize'
        ? -value
        : value;
  if (config.state === 'fail') return FAILED;
  if (config.state === 'pruned') {
    const last = config.trials.map(({ steps }) => [...steps.keys()].at(-1) ?? -1);
    return [2, -Math.max(-1, ...last), score];
  }
  const broken = config.outcomeConstraints.reduce((sum, by) => sum + Math.max(0, by), 0);
  return broken > 0 ? [1, broken, score] : [0, 0, score];
}

export function compareRanks(a: Rank, b: Rank): number {
  for (const k of [0, 1, 2] as const) if (a[k] !== b[k]) return a[k] < b[k] ? -1 : 1;
  return 0;
}

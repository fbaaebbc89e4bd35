import type { ConfigView, StudyView } from '../../core/study-view.js';
import type { Attrs, JsonValue } from '../../core/trial.js';
import { COMPLETE, NOTHING, rankKeyOf } from '../trial-ranking.js';

/** What the sampler stores with each of its configurations. */
export type GenerationAttrs = {
  readonly generation: number;
  /** The point in the unit cube, before values were rounded to their lattices; includes inactive coordinates. */
  readonly x: readonly number[];
  /** Stands for the space in which it lies: after a change of ranges or choices the same point is another configuration. */
  readonly space: number;
  /** On the first of generation 0: where the search started. */
  readonly start?: readonly number[];
  /** On the first of a later generation: first trials of the configurations in the generation before. */
  readonly parents?: readonly number[];
};

export const toAttrs = (mark: GenerationAttrs): Attrs => ({ cmaes: mark as unknown as JsonValue });

/**
 * Returns what the attributes of a configuration hold of this sampler; null when nothing, or that of another space. Earlier versions
 * stored none: theirs is this one. `n`: the number of coordinates.
 */
export function generationOf(attrs: Attrs, n: number, space: number): GenerationAttrs | null {
  const mark = attrs.cmaes;
  if (typeof mark !== 'object' || mark === null || !('x' in mark)) return null;
  const {
    generation,
    x,
    start,
    parents,
    space: its = space,
  } = mark as Partial<Record<keyof GenerationAttrs, JsonValue>>;
  if (typeof generation !== 'number' || !isNumbers(x) || x.length !== n || its !== space) return null;
  return {
    generation,
    x,
    space,
    ...(isNumbers(start) && start.length === n ? { start } : {}),
    ...(isNumbers(parents) ? { parents } : {}),
  };
}

function isNumbers(value: JsonValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'number');
}

/** Lower is better, compared from the left; the last component is the value. */
export type Rank = readonly [group: number, second: number, value: number];

export const FAILED: Rank = [NOTHING, 0, 0];

/** Returns the rank of a configuration (see `rankKeyOf`); failures come last. Null while it runs. */
export function rankOf(config: ConfigView, { directions }: StudyView): Rank | null {
  if (config.state === 'running') return null;
  const { tier, first, second } = rankKeyOf(config, directions[0] === 'maximize' ? -1 : 1);
  if (tier === NOTHING) return FAILED;
  return tier === COMPLETE ? [tier, 0, first] : [tier, first, second];
}

export function compareRanks(a: Rank, b: Rank): number {
  for (const k of [0, 1, 2] as const) if (a[k] !== b[k]) return a[k] < b[k] ? -1 : 1;
  return 0;
}

import { drawUniform } from '../../core/draw.js';
import { encodingOf } from '../../core/encoding/encoding.js';
import { areNear, LEAST_SHARE } from '../../core/nearness.js';
import { makeRng, type Rng } from '../../core/rng.js';
import { paramsKey, type Resolved, resolve, type Space } from '../../core/space.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import type { History, SearchContext } from './ask-context.js';
import { type Exhausted, type Proposed, proposeNew } from './propose.js';

/** How often the sampler is asked again for a proposal that is near another one of its batch. */
const APART_TRIES = 12;
/** Then points around the last proposal are drawn, ever farther from it. */
const MOVES = 60;

export type Batch = {
  readonly members: readonly Proposed[];
  /** Why there are fewer members than indices; null when there are not. */
  readonly exhausted: Exhausted | null;
};

/**
 * Returns a new and allowed configuration for each index, or for the first ones when no more are left. Each is proposed in a view
 * in which those before it run. No two are near each other (`areNear`) where the space has room; else they only differ.
 */
export async function proposeBatch(
  search: SearchContext,
  history: History,
  indices: readonly number[],
  conflicts: number,
): Promise<Batch> {
  const members: Proposed[] = [];
  const keys = new Set<string>();
  let view = history.view;
  for (const index of indices) {
    const known = { view, isTried: (key: string) => keys.has(key) || history.isTried(key) };
    const found = await proposeApart(search, known, { index, conflicts, members });
    if ('exhausted' in found) return { members, exhausted: found };
    members.push(found);
    keys.add(found.key);
    view = withMember(view, found, index);
  }
  return { members, exhausted: null };
}

type Place = { readonly index: number; readonly conflicts: number; readonly members: readonly Proposed[] };

async function proposeApart(
  search: SearchContext,
  history: History,
  { index, conflicts, members }: Place,
): Promise<Proposed | Exhausted> {
  const { space } = search;
  const isNear = ({ params }: Resolved) =>
    members.some(({ resolved }) => areNear(space, params, resolved.params));
  const first = await proposeNew(search, history, index, conflicts);
  // A sampler that ends takes its points in order, and they may lie close together.
  if ('exhausted' in first || !search.samplerEntry.endless || !isNear(first.resolved)) return first;
  for (let again = 1; again < APART_TRIES; again++) {
    const found = await proposeNew(search, history, index, conflicts, again);
    if (!('exhausted' in found) && !isNear(found.resolved)) return found;
  }
  const rng = makeRng(search.seed, 'ask-apart', index, conflicts);
  return movedFrom(space, first, history, isNear, rng) ?? first;
}

/** Returns a point around a proposal that is new, allowed and near no other; null when none was found. */
function movedFrom(
  space: Space,
  { resolved: { params } }: Proposed,
  { isTried }: History,
  isNear: (point: Resolved) => boolean,
  rng: Rng,
): Proposed | null {
  const axes = new Map(encodingOf(space).axes.map((axis) => [axis.name, axis]));
  for (let move = 1; move <= MOVES; move++) {
    const width = LEAST_SHARE * (1 + move / 4);
    const point = resolve(space, ({ name, distribution }) => {
      const axis = axes.get(name);
      const value = Object.hasOwn(params, name) ? params[name] : undefined;
      const code = axis && value !== undefined ? axis.encode(value) : null;
      if (!axis || code === null || value === undefined) return drawUniform(distribution, rng);
      if (axis.kind === 'choice') return rng.float() < move / MOVES ? drawUniform(distribution, rng) : value;
      return axis.decode(Math.min(1, Math.max(0, code + width * rng.normal())));
    });
    const key = paramsKey(point.given);
    // What the sampler noted belongs to the point that it proposed.
    if (!point.forbidden && !isTried(key) && !isNear(point)) return { resolved: point, key, attrs: {} };
  }
  return null;
}

function withMember(view: StudyView, { resolved, key, attrs }: Proposed, index: number): StudyView {
  const member: ConfigView = {
    index,
    params: resolved.params,
    key,
    state: 'running',
    values: null,
    std: null,
    trialCount: 0,
    violations: [],
    trials: [],
    attrs,
  };
  return { ...view, configs: [...view.configs, member] };
}

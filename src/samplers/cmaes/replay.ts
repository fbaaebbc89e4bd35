import { contains } from '../../core/distribution.js';
import type { Space } from '../../core/space.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import { compareRanks, type GenerationAttrs, generationOf, rankOf } from './generation-attrs.js';
import {
  beginSearch,
  makePlan,
  nextGeneration,
  type Parent,
  type Plan,
  type Search,
  type SearchOptions,
} from './search.js';

/** The states after each generation, kept as long as the configurations they were made from stay the same. */
export type Memo = {
  readonly plan: Plan;
  readonly seed: number;
  readonly direction: string | undefined;
  readonly parents: WeakMap<ConfigView, Parent | null>;
  steps: { readonly parents: readonly Parent[]; readonly search: Search; readonly start: string }[];
};

export function newMemo(space: Space, { seed, directions }: StudyView): Memo {
  return { plan: makePlan(space), seed, direction: directions[0], parents: new WeakMap(), steps: [] };
}

/** A configuration of this sampler with its attributes, read once. */
function parentOf(config: ConfigView, { plan, parents }: Memo): Parent | null {
  let parent = parents.get(config);
  if (parent === undefined) {
    const mark = generationOf(config, plan.coordinates.length);
    parent = mark && { config, mark };
    parents.set(config, parent);
  }
  return parent;
}

type Opening = Omit<GenerationAttrs, 'x'>;

/** Returns the state of the search that the view implies, and what the next configuration must carry besides its point. */
export function replay(
  space: Space,
  view: StudyView,
  memo: Memo,
  options: SearchOptions,
): { search: Search; opening: Opening } {
  const { plan } = memo;
  const ours = view.configs.flatMap((config) => parentOf(config, memo) ?? []);
  const openings = new Map<number, GenerationAttrs>();
  for (const { mark } of ours) {
    if ((mark.start || mark.parents) && !openings.has(mark.generation)) openings.set(mark.generation, mark);
  }
  const start = openings.get(0)?.start;
  if (!start) {
    const from = whereToBegin(space, view, plan);
    return { search: beginSearch(plan, from, options), opening: { generation: 0, start: from } };
  }

  // By number of the first trial; arrays, because this runs for every proposal.
  const byTrial: Parent[] = [];
  for (const parent of ours) byTrial[firstTrial(parent)] = parent;
  const used: boolean[] = [];
  let search = beginSearch(plan, start, options);
  let generation = 0;
  const key = JSON.stringify(start);
  const go = (parents: readonly Parent[]) => {
    for (const parent of parents) used[firstTrial(parent)] = true;
    const known = memo.steps[generation];
    const same = known?.start === key && sameParents(known.parents, parents);
    generation++;
    search = same ? known.search : nextGeneration(search, parents, generation, plan, view, options);
    if (!same) memo.steps = [...memo.steps.slice(0, generation - 1), { parents, search, start: key }];
  };
  for (let next = openings.get(1); next; next = openings.get(generation + 1)) {
    go((next.parents ?? []).flatMap((number) => byTrial[number] ?? []));
  }
  const { lambda } = search.strategy.constants;
  const waiting = ours.filter((one) => one.config.state !== 'running' && !used[firstTrial(one)]);
  if (waiting.length < lambda) return { search, opening: { generation } };
  const parents = waiting.slice(0, lambda);
  go(parents);
  return {
    search,
    opening: { generation, parents: parents.map(firstTrial) },
  };
}

const firstTrial = ({ config }: Parent): number => config.trials[0]?.number ?? -1;

function sameParents(a: readonly Parent[], b: readonly Parent[]): boolean {
  return a.length === b.length && a.every(({ config }, k) => config === b[k]?.config);
}

/** Returns where to start: at the best configuration in the view, as far as its parameters reach; in the middle for the rest. */
function whereToBegin(space: Space, view: StudyView, plan: Plan): number[] {
  let best: ConfigView | null = null;
  for (const config of view.configs) {
    const rank = rankOf(config, view);
    const before = best && rankOf(best, view);
    if (rank && rank[0] === 0 && (!before || compareRanks(rank, before) < 0)) best = config;
  }
  const distributions = new Map(space.params.map((spec) => [spec.name, spec.distribution]));
  return plan.coordinates.map((coordinate, j) => {
    const name = plan.names[j];
    const value =
      best && name !== undefined && Object.hasOwn(best.params, name) ? best.params[name] : undefined;
    const distribution = name === undefined ? undefined : distributions.get(name);
    if (!coordinate || value === undefined || !distribution || !contains(distribution, value)) return 0.5;
    return coordinate.encode(value);
  });
}

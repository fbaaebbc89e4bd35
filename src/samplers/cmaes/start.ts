import { contains } from '../../core/distribution.js';
import type { Space } from '../../core/space.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import { compareRanks, rankOf } from './generation-attrs.js';
import type { Plan } from './search.js';

/** Returns where to start: at the best configuration in the view, as far as its parameters reach; in the middle for the rest. */
export function whereToBegin(space: Space, view: StudyView, plan: Plan): number[] {
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

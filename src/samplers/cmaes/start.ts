import { contains, type ParamValue } from '../../core/distribution.js';
import { likeliest } from '../../core/prior-draw.js';
import type { Space } from '../../core/space.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import { compareRanks, rankOf } from './generation-attrs.js';
import type { Plan } from './search.js';

/** Returns where to start: at the best configuration in the view, as far as its parameters reach; at the priors, or in the middle, for the rest. */
export function whereToBegin(space: Space, view: StudyView, plan: Plan): number[] {
  let best: ConfigView | null = null;
  for (const config of view.configs) {
    const rank = rankOf(config, view);
    const before = best && rankOf(best, view);
    if (rank && rank[0] === 0 && (!before || compareRanks(rank, before) < 0)) best = config;
  }
  const specs = new Map(space.params.map((spec) => [spec.name, spec]));
  return plan.coordinates.map((coordinate, j) => {
    const name = plan.names[j];
    const spec = name === undefined ? undefined : specs.get(name);
    if (!coordinate || !spec) return 0.5;
    const tried =
      best && Object.hasOwn(best.params, spec.name) ? (best.params[spec.name] as ParamValue) : null;
    const isInside = tried !== null && contains(spec.distribution, tried);
    const value = isInside ? tried : likeliest(spec);
    return value === null ? 0.5 : coordinate.encode(value);
  });
}

import { isRestricted, settle } from '../../core/allowed/place.js';
import type { OptionValues } from '../../core/component-options.js';
import type { ParamValue } from '../../core/distribution.js';
import { makeSfc32 } from '../../core/fast-rng.js';
import { areNear } from '../../core/nearness.js';
import type { Rng } from '../../core/rng.js';
import { type ParamSpec, paramsKey, type Resolved, resolve, type Space } from '../../core/space.js';
import type { StudyView } from '../../core/study-view.js';
import { drawAnywhere, drawStartup } from '../initial-design.js';
import type { Sampler } from '../sampler.js';
import { triedKeys } from '../tried.js';
import type { Axis } from './axis.js';
import { type Belief, beliefOf } from './belief.js';
import { badDensity, goodDensity } from './densities.js';
import { type Group, groupsOf, type Member } from './groups.js';
import { History } from './history.js';
import { type BandwidthSettings, SETTINGS, type Settings } from './settings.js';
import { splitHistory } from './split.js';

type Model = { readonly history: History; readonly members: readonly Member[]; readonly discrete: boolean };
/** A group's candidates: their points one after the other, and where each of them starts, the best first. */
type Ranked = { readonly points: Float64Array; readonly starts: Int32Array };

/**
 * Tree-structured Parzen estimator: Bergstra, Bardenet, Bengio and Kegl, Algorithms for hyper-parameter optimization,
 * NIPS 2011; multivariate as in Falkner et al. (BOHB), ICML 2018. The important design choices are those in Watanabe
 * (arXiv 2304.11127), decided by experiments on problems of many kinds (see `settings.ts`). Parameters that are active
 * under the same conditions form a group. A group is modeled jointly, from the configurations that have all of it.
 * Running configurations count as bad (constant liar), so that parallel proposals keep apart.
 */
export function makeTpe(options: OptionValues, settings: Settings = SETTINGS): Sampler {
  const { startup_trials: startup, candidates } = options as { startup_trials: number; candidates: number };
  const models = new WeakMap<Space, Model>();
  return {
    sample(space, view, { index, rng }) {
      let model = models.get(space);
      if (!model) {
        model = makeModel(space);
        models.set(space, model);
      }
      model.history.update(view);
      if (model.history.order.length < Math.max(startup, 1))
        return { params: drawStartup(space, view, { index, count: startup, rng }).params };
      return { params: propose(space, view, model, { candidates, settings, index, rng }).params };
    },
  };
}

function makeModel(space: Space): Model {
  const history = new History(space);
  const discrete = history.axes.every((axis) => axis.kind === 'level');
  return { history, members: groupsOf(space, history.axes), discrete };
}

/** Returns the best candidate that is allowed and, in a discrete space, not yet tried. */
function propose(
  space: Space,
  view: StudyView,
  model: Model,
  { candidates, settings, index, rng }: { candidates: number; settings: Settings; index: number; rng: Rng },
): Resolved {
  const { history, members } = model;
  const noise = makeSfc32(rng);
  const look = noise.float() < settings.wideShare ? settings.wide : settings.close;
  const drawn = new Map<Group, Ranked>();
  const held = model.discrete || isRestricted(space) ? triedKeys(view) : null;
  const usable = ({ forbidden, given }: Resolved) => !forbidden && !held?.has(paramsKey(given));
  const running = history.running.map((row) => view.configs[row]?.params ?? {});
  let best: Resolved | null = null;
  // Usable, but nearly the same as a running one.
  let next: Resolved | null = null;
  const decoded =
    (attempt: number) =>
    (spec: ParamSpec): ParamValue => {
      const column = history.columns.get(spec.name) as number;
      const { group, place } = members[column] as Member;
      let ranked = drawn.get(group);
      if (!ranked) {
        const axes = group.columns.map((each) => history.axes[each] as Axis);
        const specs = group.columns.map((each) => space.params[each] as ParamSpec);
        const belief = beliefOf(axes, specs, index);
        ranked = rankCandidates(history, group, { candidates, settings, look, belief, noise });
        drawn.set(group, ranked);
      }
      const start = ranked.starts[attempt % ranked.starts.length] as number;
      return (history.axes[column] as Axis).decode(ranked.points[start + place] as number);
    };
  for (let attempt = 0; attempt < candidates; attempt++) {
    const found = resolve(space, decoded(attempt));
    if (usable(found)) {
      if (!running.some((other) => areNear(space, found.params, other))) return found;
      next ??= found;
    }
    best ??= found;
  }
  if (next) return next;
  // Constraints leave none of them: the nearest points that they allow.
  for (let attempt = 0; attempt < candidates && isRestricted(space); attempt++) {
    const found = settle(space, decoded(attempt));
    if (usable(found)) return found;
    best = found;
  }
  for (let k = 0; k < candidates; k++) {
    const found = drawAnywhere(space, rng);
    if (usable(found)) return found;
  }
  return best as Resolved;
}

/** Returns candidates from the good density, by descending ratio of the good to the bad one. */
function rankCandidates(
  history: History,
  { columns, layout }: Group,
  {
    candidates,
    settings,
    look,
    belief,
    noise,
  }: {
    candidates: number;
    settings: Settings;
    look: BandwidthSettings;
    belief: Belief | null;
    noise: Rng;
  },
): Ranked {
  const split = splitHistory(history, columns, look.goodShare);
  const none = { cells: new Float64Array(0), count: 0 };
  const good = goodDensity(layout, split?.good ?? none, { settings, look, belief });
  const bad = badDensity(layout, split?.bad ?? none, settings);
  const { width } = layout;
  const points = new Float64Array(candidates * width);
  const starts = new Int32Array(candidates);
  const scores = new Float64Array(candidates);
  for (let k = 0; k < candidates; k++) {
    const at = k * width;
    good.draw(noise, points, at);
    const score = good.logDensity(points, at) - bad.logDensity(points, at);
    // Sorted by insertion: there are few, and of equal ones the first comes first.
    let rank = k;
    for (; rank > 0 && (scores[rank - 1] as number) < score; rank--) {
      scores[rank] = scores[rank - 1] as number;
      starts[rank] = starts[rank - 1] as number;
    }
    scores[rank] = score;
    starts[rank] = at;
  }
  return { points, starts };
}

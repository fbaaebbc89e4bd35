import type { OptionValues } from '../../core/component-options.js';
import type { ParamValue } from '../../core/distribution.js';
import { makeSfc32 } from '../../core/fast-rng.js';
import type { Rng } from '../../core/rng.js';
import { paramsKey, type Resolved, resolve, type Space } from '../../core/space.js';
import type { StudyView } from '../../core/study-view.js';
import { drawAnywhere, drawStartup } from '../initial-design.js';
import type { Sampler } from '../sampler.js';
import { triedKeys } from '../tried.js';
import type { Axis } from './axis.js';
import { badDensity, goodDensity } from './densities.js';
import { type Group, groupsOf } from './groups.js';
import { History } from './history.js';
import { type BandwidthSettings, SETTINGS, type Settings } from './settings.js';
import { splitHistory } from './split.js';

type Model = { readonly history: History; readonly groups: readonly Group[]; readonly discrete: boolean };
/** A group's candidates, the best first. */
type Ranked = readonly Float64Array[];

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
      return { params: propose(space, view, model, { candidates, settings, rng }).params };
    },
  };
}

function makeModel(space: Space): Model {
  const history = new History(space);
  const discrete = history.axes.every((axis) => axis.kind === 'level');
  return { history, groups: groupsOf(space), discrete };
}

/** Returns the best candidate that is allowed and, in a discrete space, not yet tried. */
function propose(
  space: Space,
  view: StudyView,
  model: Model,
  { candidates, settings, rng }: { candidates: number; settings: Settings; rng: Rng },
): Resolved {
  const { history, groups } = model;
  const noise = makeSfc32(rng);
  const look = noise.float() < settings.wideShare ? settings.wide : settings.close;
  const drawn = new Map<Group, Ranked>();
  const held = model.discrete ? triedKeys(view) : null;
  const usable = ({ forbidden, given }: Resolved) => !forbidden && !held?.has(paramsKey(given));
  let best: Resolved | null = null;
  for (let place = 0; place < candidates; place++) {
    const found = resolve(space, (spec) => {
      const column = history.columns.get(spec.name) as number;
      const group = groups[column] as Group;
      let ranked = drawn.get(group);
      if (!ranked) {
        ranked = rankCandidates(history, group, { candidates, settings, look, noise });
        drawn.set(group, ranked);
      }
      const point = ranked[place % ranked.length] as Float64Array;
      return decode(history.axes[column] as Axis, point[group.columns.indexOf(column)] as number);
    });
    if (usable(found)) return found;
    best ??= found;
  }
  for (let k = 0; k < candidates; k++) {
    const found = drawAnywhere(space, rng);
    if (usable(found)) return found;
  }
  return best as Resolved;
}

function decode(axis: Axis, cell: number): ParamValue {
  return axis.decode(cell);
}

/** Returns candidates from the good density, by descending ratio of the good to the bad one. */
function rankCandidates(
  history: History,
  { columns }: Group,
  {
    candidates,
    settings,
    look,
    noise,
  }: { candidates: number; settings: Settings; look: BandwidthSettings; noise: Rng },
): Ranked {
  const axes = columns.map((column) => history.axes[column] as Axis);
  const split = splitHistory(history, columns, look.goodShare);
  const none = { cells: new Float64Array(0), count: 0 };
  const good = goodDensity(axes, split?.good ?? none, settings, look);
  const bad = badDensity(axes, split?.bad ?? none, settings);
  const scored = Array.from({ length: candidates }, () => {
    const point = new Float64Array(columns.length);
    good.draw(noise, point);
    return { point, score: good.logDensity(point) - bad.logDensity(point) };
  });
  return scored.sort((a, b) => b.score - a.score).map(({ point }) => point);
}

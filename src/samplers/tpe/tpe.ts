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
import { noted } from '../transfer/noted.js';
import { isGuided, LEAST_KNOWN, startFrom } from '../transfer/opening.js';
import { triedKeys } from '../tried.js';
import type { Axis } from './axis.js';
import type { Ranked } from './candidates.js';
import { type Inherited, inherit } from './earlier.js';
import { type Group, groupsOf, type Member } from './groups.js';
import { History } from './history.js';
import { SETTINGS, type Settings } from './settings.js';

/** The share of the candidates that compete for each parameter of a group, in a space of several groups. */
const SHARE_OF_BRANCH = 1 / 12;

/** Points of each kind that are made to find one that keeps apart from running ones, once one that is near is known. */
const APART_TRIES = 8;

type Model = { readonly history: History; readonly members: readonly Member[]; readonly discrete: boolean };

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
      const { history } = model;
      const isEarly = history.order.length < Math.max(startup, 1);
      const first = isEarly ? startFrom(space, view, { index, rng }) : null;
      if (first) return { params: first };
      const inherited = inherit(history, view);
      const known = history.order.length >= LEAST_KNOWN ? inherited.weights : null;
      const attrs = known && { attrs: noted(known) };
      if (isEarly && !isGuided(known, index))
        return { params: drawStartup(space, view, { index, count: startup, rng }).params, ...attrs };
      const { params } = propose(space, view, model, { candidates, settings, inherited, index, rng });
      return { params, ...attrs };
    },
  };
}

function makeModel(space: Space): Model {
  const history = new History(space);
  const discrete = history.axes.every((axis) => axis.kind === 'level');
  return { history, members: groupsOf(space, history.axes), discrete };
}

type Proposing = {
  readonly candidates: number;
  readonly settings: Settings;
  readonly inherited: Inherited;
  readonly index: number;
  readonly rng: Rng;
};

/** Returns the best candidate that is allowed, apart from running ones and, in a discrete space, not yet tried; else what comes near it. */
function propose(
  space: Space,
  view: StudyView,
  model: Model,
  { candidates, settings, inherited, index, rng }: Proposing,
): Resolved {
  const { history, members } = model;
  const noise = makeSfc32(rng);
  const look = noise.float() < settings.wideShare ? settings.wide : settings.close;
  const drawn = new Map<Group, Ranked>();
  const restricted = isRestricted(space);
  const held = model.discrete || restricted ? triedKeys(view) : null;
  const usable = ({ forbidden, given }: Resolved) => !forbidden && !held?.has(paramsKey(given));
  const running = history.running.map((row) => view.configs[row]?.params ?? {});
  const isNear = ({ params }: Resolved) => running.some((other) => areNear(space, params, other));
  let best: Resolved | null = null;
  // Usable, but nearly the same as a running one.
  let next = null as Resolved | null;
  const isApart = (found: Resolved): boolean => {
    if (!usable(found)) return false;
    if (!isNear(found)) return true;
    next ??= found;
    return false;
  };
  const decoded =
    (attempt: number) =>
    (spec: ParamSpec): ParamValue => {
      const column = history.columns.get(spec.name) as number;
      const { group, place } = members[column] as Member;
      let ranked = drawn.get(group);
      if (!ranked) {
        const rivals = rivalsIn(group, candidates);
        ranked = group.candidates.rank(history, {
          count: candidates,
          rivals,
          settings,
          look,
          inherited,
          index,
          noise,
        });
        drawn.set(group, ranked);
      }
      const start = ranked.starts[attempt % ranked.starts.length] as number;
      return (history.axes[column] as Axis).decode(ranked.points[start + place] as number);
    };
  for (let attempt = 0; attempt < candidates; attempt++) {
    const found = resolve(space, decoded(attempt));
    if (isApart(found)) return found;
    best ??= found;
  }
  if (next && !restricted) return next;
  // Constraints leave none of them: the nearest points that they allow.
  for (let attempt = 0; attempt < (next ? APART_TRIES : candidates) && restricted; attempt++) {
    const found = settle(space, decoded(attempt));
    if (isApart(found)) return found;
    best = found;
  }
  for (let k = 0; k < (next ? APART_TRIES : candidates); k++) {
    const found = drawAnywhere(space, rng);
    if (restricted ? isApart(found) : usable(found)) return found;
  }
  return (next ?? best) as Resolved;
}

/**
 * Returns how many candidates a proposal of a group is the best of. In a space with branches groups are small. The best of many
 * would be the same choice again and again: a search stays in the first branch that looks good, whose parameters it moves to the
 * edges of what is known.
 */
function rivalsIn({ columns, isWhole }: Group, candidates: number): number {
  return isWhole
    ? candidates
    : Math.min(candidates, Math.max(1, Math.round(candidates * SHARE_OF_BRANCH * columns.length)));
}

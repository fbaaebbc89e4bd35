import { contains, type Params, type ParamValue } from '../../core/distribution.js';
import { drawUniform } from '../../core/draw.js';
import type { OptionValues } from '../../core/options.js';
import type { Rng } from '../../core/rng.js';
import { type ParamSpec, resolve, type Space } from '../../core/space.js';
import type { ConfigView } from '../../core/study-view.js';
import type { Sampler } from '../sampler.js';
import { type Dimension, makeDimension } from './dimension.js';
import { makeParzen } from './parzen.js';
import { type Split, splitHistory } from './split.js';

/**
 * Tree-structured Parzen estimator: Bergstra, Bardenet, Bengio and Kegl, Algorithms for hyper-parameter optimization,
 * NIPS 2011; multivariate after Falkner et al., ICML 2018. Parameters that are active under the same conditions form a
 * group that is modelled jointly, from the configurations that have all of it.
 */
export function makeTpe(options: OptionValues): Sampler {
  const { startup_trials: startup, candidates } = options as { startup_trials: number; candidates: number };
  return {
    sample(space, view, { rng }) {
      const split = splitHistory(view);
      if (split.finished < Math.max(startup, 1)) {
        return { params: resolve(space, (spec) => drawUniform(spec.distribution, rng)).params };
      }
      const groups = groupsOf(space);
      const drawn = new Map<string, ParamValue>();
      const { params } = resolve(space, (spec) => {
        if (!drawn.has(spec.name)) {
          const group = groups.get(spec.name) as readonly ParamSpec[];
          for (const [name, value] of Object.entries(drawGroup(group, split, candidates, rng)))
            drawn.set(name, value);
        }
        return drawn.get(spec.name) as ParamValue;
      });
      return { params };
    },
  };
}

/** The candidate, drawn from the good density, with the greatest ratio of good to bad density. */
function drawGroup(group: readonly ParamSpec[], split: Split, candidates: number, rng: Rng): Params {
  const dimensions = new Map<string, Dimension>(
    group.map((spec) => [spec.name, makeDimension(spec.distribution)]),
  );
  const good = makeParzen(dimensions, withWhole(group, split.good));
  const bad = makeParzen(dimensions, withWhole(group, split.bad));
  let best: { point: Params; score: number } | null = null;
  for (let k = 0; k < candidates; k++) {
    const point = good.draw(rng);
    const score = good.logDensity(point) - bad.logDensity(point);
    if (!best || score > best.score) best = { point, score };
  }
  return (best as { point: Params }).point;
}

function withWhole(group: readonly ParamSpec[], configs: readonly ConfigView[]): Params[] {
  const whole = ({ params }: ConfigView) =>
    group.every(
      ({ name, distribution }) =>
        Object.hasOwn(params, name) && contains(distribution, params[name] as ParamValue),
    );
  return configs.filter(whole).map((config) => config.params);
}

const memo = new WeakMap<Space, ReadonlyMap<string, readonly ParamSpec[]>>();

/** Name -> the parameters that are active exactly when it is, as far as the conditions' text tells. */
function groupsOf(space: Space): ReadonlyMap<string, readonly ParamSpec[]> {
  let groups = memo.get(space);
  if (!groups) {
    const sets = space.constraints.filter((c) => c.kind === 'set');
    const signature = (spec: ParamSpec) =>
      JSON.stringify([
        spec.when ?? null,
        sets.filter((c) => Object.hasOwn(c.set, spec.name)).map((c) => c.when),
      ]);
    const together = new Map<string, ParamSpec[]>();
    for (const spec of space.params) {
      together.set(signature(spec), [...(together.get(signature(spec)) ?? []), spec]);
    }
    groups = new Map(space.params.map((spec) => [spec.name, together.get(signature(spec)) as ParamSpec[]]));
    memo.set(space, groups);
  }
  return groups;
}

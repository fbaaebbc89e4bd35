import { drawUniform } from '../core/draw.js';
import { makeRng, type Rng, shuffled } from '../core/rng.js';
import { paramsKey, type Resolved, resolve, type Space } from '../core/space.js';
import type { StudyView } from '../core/study-view.js';
import { triedKeys } from './tried.js';

/** Returns a point drawn uniformly, parameter by parameter. */
export function drawAnywhere(space: Space, rng: Rng): Resolved {
  return resolve(space, (spec) => drawUniform(spec.distribution, rng));
}

/**
 * Returns point `index` of `count` in a latin hypercube over the first points of a study: each parameter's range is cut
 * into `count` equal shares and every share is used once (McKay, Beckman and Conover, Technometrics 21(2), 1979). Uniform
 * beyond `count`, and where the point is forbidden or already tried.
 */
export function drawStartup(
  space: Space,
  view: StudyView,
  { index, count, rng }: { index: number; count: number; rng: Rng },
): Resolved {
  if (index < 0 || index >= count) return drawAnywhere(space, rng);
  const shares = makeRng(view.seed, 'startup');
  const places = new Map(
    space.params.map(({ name }) => [
      name,
      ((shuffled(count, shares)[index] as number) + shares.float()) / count,
    ]),
  );
  const point = resolve(space, ({ name, distribution }) =>
    drawUniform(distribution, always(places.get(name) as number)),
  );
  return point.forbidden || triedKeys(view).has(paramsKey(point.given)) ? drawAnywhere(space, rng) : point;
}

/** Returns a generator that always returns the quantile u, for a single uniform draw. */
function always(u: number): Rng {
  return { float: () => u, int: (n) => Math.min(n - 1, Math.floor(u * n)), normal: () => 0 };
}

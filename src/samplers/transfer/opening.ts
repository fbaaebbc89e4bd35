import { settle } from '../../core/allowed/place.js';
import { contains, nearest, type Params, type ParamValue } from '../../core/distribution.js';
import { drawUniform } from '../../core/draw.js';
import type { EarlierPoint, EarlierStudy } from '../../core/earlier-studies.js';
import type { Rng } from '../../core/rng.js';
import { type ParamSpec, paramsKey, type Space } from '../../core/space.js';
import type { StudyView } from '../../core/study-view.js';
import { scoreOf } from '../trial-ranking.js';
import { triedKeys } from '../tried.js';

/** Results from which the orders of earlier studies are compared with them. */
export const LEAST_KNOWN = 3;
/** From this weight on every proposal is theirs; below it every other one. */
const SURE = 0.5;

/** Returns the best point of the earlier study whose turn it is, as far as the space has its values; null where there is none, or it is tried. */
export function startFrom(
  space: Space,
  view: StudyView,
  { index, rng }: { index: number; rng: Rng },
): Params | null {
  const { earlier, directions } = view;
  if (earlier === null || earlier.weight === 0 || directions.length > 1) return null;
  const sign = directions[0] === 'maximize' ? -1 : 1;
  const names = new Set(space.params.map(({ name }) => name));
  const best = earlier.studies.flatMap((study) => bestOf(study, names, sign) ?? []).at(index);
  if (best === undefined || index < 0) return null;
  const point = settle(space, (spec) => {
    const value = placedIn(spec, best.params);
    return value === undefined ? drawUniform(spec.distribution, rng) : value;
  });
  return point.forbidden || triedKeys(view).has(paramsKey(point.given)) ? null : point.params;
}

/** Whether the model proposes, though the search has just begun: the first results agree with what earlier studies expect. */
export function isGuided(transferred: readonly number[] | null, index: number): boolean {
  const weight = (transferred ?? []).reduce((a, b) => a + b, 0);
  return weight >= SURE || (weight > 0 && index % 2 === 1);
}

function bestOf(study: EarlierStudy, names: ReadonlySet<string>, sign: number): EarlierPoint | null {
  let best: EarlierPoint | null = null;
  for (const point of study.points) {
    if (!Object.keys(point.params).some((name) => names.has(name))) continue;
    if (best === null || scoreOf(point.value, sign) < scoreOf(best.value, sign)) best = point;
  }
  return best;
}

/** Returns the value of a parameter at a point, or the nearest one that it may have; undefined where there is none. */
function placedIn({ name, distribution: d }: ParamSpec, params: Params): ParamValue | undefined {
  const value = Object.hasOwn(params, name) ? (params[name] as ParamValue) : undefined;
  if (value === undefined) return undefined;
  if (contains(d, value)) return value;
  return d.kind !== 'categorical' && typeof value === 'number' ? nearest(d, value) : undefined;
}

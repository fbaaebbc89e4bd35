import type { Params } from '../core/distribution.js';
import { usageError } from '../core/errors.js';
import { isFeasible } from '../core/metric-constraints.js';
import { project } from '../core/partial-params.js';
import { paramsKey, type Space } from '../core/space.js';
import type { Storage } from '../storage/storage.js';
import { readStudyResults } from './read-results.js';
import { studyToRead } from './studies.js';

/**
 * The best configurations of a study that keep every metric constraint, reduced to the parameters of a space; each once.
 * The study may be Optuna's. `left`: how many of them share no parameter with the space.
 * @throws HpoError study.not-found (usage).
 */
export async function bestPoints(
  space: Space,
  storage: Storage,
  name: string,
  top: number,
): Promise<{ points: Params[]; left: number }> {
  const record = await storage.findStudy(name);
  if (!record)
    throw usageError('study.not-found', `no study ${name} in ${storage.url}`, { fix: 'see hpo study list' });
  const { configurations } = await readStudyResults(storage, await studyToRead(storage, record));
  const best = [...configurations.ranks.all()]
    .map((row) => configurations.at(row))
    .filter(({ violations }) => isFeasible(violations))
    .slice(0, top)
    .map(({ params }) => project(space, params));
  const fitting = best.filter((point) => Object.keys(point).length > 0);
  const points = [...new Map(fitting.map((point) => [paramsKey(point), point])).values()];
  return { points, left: best.length - fitting.length };
}

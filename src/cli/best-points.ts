import type { Params } from '../core/distribution.js';
import { usageError } from '../core/errors.js';
import { isFeasible } from '../core/metric-constraints.js';
import { project } from '../core/partial-params.js';
import { paramsKey, type Space } from '../core/space.js';
import { ranked } from '../results/ranking.js';
import type { Storage } from '../storage/storage.js';
import { storedSpec } from '../study/stored-spec.js';
import { ViewCache } from '../study/view.js';

/**
 * The best configurations of a study, ours or Optuna's, that keep every limit, as far as a space has room for their parameters; each once.
 * `left`: how many had none that fits.
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
  const { configs, directions } = await new ViewCache(storage, record).read();
  // Optuna knows no repeats.
  const repeats = record.spec === null ? 1 : storedSpec(record).repeats;
  const best = ranked(configs, { directions, repeats })
    .filter(({ violations }) => isFeasible(violations))
    .slice(0, top)
    .map(({ params }) => project(space, params));
  const fitting = best.filter((point) => Object.keys(point).length > 0);
  const points = [...new Map(fitting.map((point) => [paramsKey(point), point])).values()];
  return { points, left: best.length - fitting.length };
}

import type { Params } from '../core/distribution.js';
import { usageError } from '../core/errors.js';
import { carryOver } from '../core/fixed.js';
import { compareValues } from '../core/losses.js';
import { givenKey, type Space } from '../core/space.js';
import type { Storage } from '../storage/storage.js';
import { ViewCache } from '../study/view.js';

/**
 * The best configurations of a study, ours or Optuna's, as far as a space has room for their parameters; each once.
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
  const direction = directions[0] ?? 'minimize';
  const feasible = (g: readonly number[]) => g.every((violation) => violation <= 0);
  const ranked = configs
    .filter(({ state, n, outcomeConstraints }) => state !== 'pruned' && n > 0 && feasible(outcomeConstraints))
    .sort((a, b) => compareValues(a.values?.[0] as number, b.values?.[0] as number, direction))
    .slice(0, top)
    .map(({ params }) => carryOver(space, params));
  const fitting = ranked.filter((point) => Object.keys(point).length > 0);
  const points = [...new Map(fitting.map((point) => [givenKey(point), point])).values()];
  return { points, left: ranked.length - fitting.length };
}

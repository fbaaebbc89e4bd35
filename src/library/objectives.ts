import { usageError } from '../core/errors.js';
import { shownValue } from '../core/shown-value.js';
import type { Objective } from '../core/spec.js';
import type { Direction } from '../core/trial.js';
import type { CreateStudyOptions } from './study-options.js';

type Goals = Partial<
  Pick<CreateStudyOptions, 'direction' | 'directions' | 'metrics'> & {
    readonly objectives: Readonly<Record<string, Direction>>;
  }
>;

/**
 * Returns the objectives that exactly one of `direction`, `objectives` and `directions` gives.
 * @throws HpoError study.directions, study.metrics (usage).
 */
export function objectivesOf(options: Goals): readonly Objective[] {
  const { direction, directions, objectives, metrics } = options;
  const given = Object.entries({ direction, objectives, directions }).filter(
    ([, value]) => value !== undefined,
  );
  const [only] = given;
  if (only === undefined || given.length > 1)
    throw usageError(
      'study.directions',
      `expected exactly one of direction and objectives, got ${given.map(([name]) => name).join(' and ') || 'neither'}`,
      { fix: "direction: 'minimize', or objectives: { quality: 'maximize', cents: 'minimize' }" },
    );
  if (objectives !== undefined) return fromNames(objectives, metrics);
  const list = direction === undefined ? (directions as readonly Direction[]) : [direction];
  if (!Array.isArray(list) || list.length === 0)
    throw usageError('study.directions', `expected a list of directions, got ${shownValue(list)}`);
  const names = metricsOf(metrics, list.length);
  return list.map((each, k) => toObjective(names[k] as string, each));
}

function fromNames(
  objectives: Readonly<Record<string, Direction>>,
  metrics: readonly string[] | undefined,
): readonly Objective[] {
  if (metrics !== undefined)
    throw usageError('study.metrics', 'expected the names in objectives, got metrics beside them', {
      fix: 'leave metrics out',
    });
  const entries = typeof objectives === 'object' && objectives !== null ? Object.entries(objectives) : [];
  if (entries.length === 0 || Array.isArray(objectives) || entries.some(([name]) => name === ''))
    throw usageError(
      'study.directions',
      `expected objectives to be directions by their names, got ${shownValue(objectives)}`,
      { fix: "objectives: { quality: 'maximize', cents: 'minimize' }" },
    );
  return entries.map(([name, direction]) => toObjective(name, direction));
}

function toObjective(metric: string, direction: Direction): Objective {
  if (direction === 'minimize' || direction === 'maximize') return { metric, direction, reduce: 'last' };
  throw usageError('study.directions', `expected minimize or maximize, got ${shownValue(direction)}`);
}

function metricsOf(metrics: readonly string[] | undefined, count: number): readonly string[] {
  if (metrics === undefined)
    return count === 1 ? ['objective'] : Array.from({ length: count }, (_, k) => `objective_${k}`);
  if (metrics.length === count && new Set(metrics).size === count && !metrics.includes('')) return metrics;
  throw usageError(
    'study.metrics',
    `expected ${count} different metric names, one for each direction, got ${shownValue(metrics)}`,
  );
}

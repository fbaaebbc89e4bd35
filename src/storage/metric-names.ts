import { isMapping } from '../core/mapping.js';
import type { JsonValue } from '../core/trial.js';

/** The system attribute in which Optuna keeps what its tools call the objectives. */
export const METRIC_NAMES = 'study:metric_names';

/**
 * The names in a specification. It is opaque here; only where it looks like `{ objectives: [{ metric: 'text' }] }` are
 * there names, and Optuna fails on a list of another length than the directions.
 */
export function metricNamesIn(spec: JsonValue, objectives: number): readonly string[] | null {
  const list = property(spec, 'objectives');
  return Array.isArray(list)
    ? namesOf(
        list.map((each: JsonValue) => property(each, 'metric')),
        objectives,
      )
    : null;
}

/** A list that may be anything as one name for each objective; null when it is none. */
export function namesOf(list: unknown, objectives: number): readonly string[] | null {
  if (!Array.isArray(list) || list.length !== objectives) return null;
  return list.every((name) => typeof name === 'string') ? list : null;
}

function property(value: JsonValue, key: string): JsonValue | undefined {
  return isMapping(value) ? value[key] : undefined;
}

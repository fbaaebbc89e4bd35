import { metricName, withMicroSign } from '../../core/metric-name.js';
import type { MetricEntry } from '../metric.js';
import { parseLooseJson } from './json.js';

/** Names deeper than this, and more values than this, are not read: a file is written by any program. */
const MAX_DEPTH = 8;
const MAX_VALUES = 10_000;

/**
 * Returns the numbers of a JSON text by their paths: `loss`, `val.loss`, `results.0.mean`. Null: it is no object and no list.
 * `names`: the only ones that are wanted.
 */
export function numbersInJson(text: string, names: readonly string[] | undefined): [string, number][] | null {
  const value = parseLooseJson(text);
  if (typeof value !== 'object' || value === null) return null;
  const wanted = names && new Set(names.map(withMicroSign));
  const found: [string, number][] = [];
  const add = ([path, number]: MetricEntry) => {
    // The names that a sweep wants need not be a metric's: a path may hold any key.
    const name = wanted ? withMicroSign(path) : metricName(path);
    if (found.length < MAX_VALUES && name !== null && (!wanted || wanted.has(name)))
      found.push([name, number]);
  };
  collect(value, '', MAX_DEPTH, add);
  return found;
}

function collect(value: object, prefix: string, depth: number, add: (entry: MetricEntry) => void): void {
  for (const [key, item] of Object.entries(value)) {
    const name = `${prefix}${key}`;
    if (typeof item === 'number') add([name, item]);
    else if (typeof item === 'object' && item !== null && depth > 1)
      collect(item, `${name}.`, depth - 1, add);
  }
}

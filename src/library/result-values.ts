import { usageError } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import { shownValue } from '../core/shown-value.js';

/**
 * Returns one number for each metric, in their order, of what a program gives: a number, or numbers by names.
 * @throws HpoError trial.values (usage).
 */
export function toValues(metrics: readonly string[], given: unknown): readonly number[] {
  if (typeof given === 'number' && metrics.length === 1) return [given];
  if (Array.isArray(given) && given.length === metrics.length && given.every(isNumber)) return given;
  if (given instanceof Promise)
    throw usageError('trial.values', 'expected the value, got a Promise of it', { fix: 'await it first' });
  if (isMapping(given)) {
    const odd = Object.keys(given).find((name) => !metrics.includes(name));
    const missing = metrics.find((name) => !isNumber(given[name]));
    if (odd === undefined && missing === undefined) return metrics.map((name) => given[name] as number);
    if (odd !== undefined && metrics.length > 1)
      throw usageError('trial.values', `expected values for ${metrics.join(' and ')}, got one for ${odd}`);
    if (odd !== undefined)
      throw usageError('trial.values', `expected a number, or { ${metrics[0]}: number }, got one for ${odd}`);
    throw usageError(
      'trial.values',
      `expected a number for ${missing}, got ${shownValue(given[missing as string])}`,
    );
  }
  const names = metrics.map((name) => `${name}: number`).join(', ');
  const expected = metrics.length === 1 ? 'a number' : `{ ${names} }`;
  throw usageError('trial.values', `expected ${expected}, got ${shownValue(given)}`);
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

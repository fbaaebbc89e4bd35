import type { Params, ParamValue } from '../core/distribution.js';
import { type HpoError, usageError } from '../core/errors.js';
import { parseChoice } from '../core/param-text.js';
import { rangeText, validate } from '../core/partial-params.js';
import type { ParamSpec, Space } from '../core/space.js';
import { parseNumber } from '../protocol/metric.js';

/**
 * Returns `key=value` arguments as parameters of the space: numbers as METRIC writes them, choices as they are shown.
 * @throws HpoError enqueue.bad-value (usage) for an unknown name, a value outside, or a name given twice.
 */
export function parseParams(space: Space, pairs: readonly string[]): Params {
  const values = new Map<string, ParamValue>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw badValue(`expected key=value, got ${JSON.stringify(pair)}`);
    const [name, text] = [pair.slice(0, at), pair.slice(at + 1)];
    const spec = space.params.find((param) => param.name === name);
    if (!spec) throw badValue(`expected ${validate(space, { [name]: text })}`, namesOf(space));
    if (values.has(name)) throw badValue(`expected each parameter once, got ${name} twice`);
    values.set(name, parseValue(spec, text));
  }
  return Object.fromEntries(values);
}

function parseValue({ name, distribution }: ParamSpec, text: string): ParamValue {
  if (distribution.kind === 'categorical') {
    const choice = parseChoice(distribution.choices, text);
    if (choice !== undefined) return choice;
  } else {
    const value = parseNumber(text);
    const spec = { name, distribution };
    if (
      value !== null &&
      validate({ params: [spec], constraints: [], order: [name] }, { [name]: value }) === null
    )
      return value;
  }
  throw badValue(`expected ${name} ${rangeText(distribution)}, got ${JSON.stringify(text)}`);
}

function badValue(message: string, fix?: string): HpoError {
  return usageError('enqueue.bad-value', message, fix === undefined ? {} : { fix });
}

function namesOf(space: Space): string {
  return `use one of ${space.params.map(({ name }) => name).join(', ')}`;
}

import type { Params, ParamValue } from '../core/distribution.js';
import { type HpoError, usageError } from '../core/errors.js';
import { inactiveNames, problemOf, rangeText, wholePoint } from '../core/fixed.js';
import { givenKey, type ParamSpec, type Space } from '../core/space.js';
import { parseNumber } from '../protocol/metric.js';
import type { Study } from '../study/study.js';

/**
 * `key=value` arguments as parameters of the space: numbers as METRIC writes them, choices as they are shown.
 * @throws HpoError enqueue.bad-value (usage) for an unknown name, a value outside, or a name given twice.
 */
export function parseFixed(space: Space, pairs: readonly string[]): Params {
  const values = new Map<string, ParamValue>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw badValue(`expected key=value, got ${JSON.stringify(pair)}`);
    const [name, text] = [pair.slice(0, at), pair.slice(at + 1)];
    const spec = space.params.find((param) => param.name === name);
    if (!spec) throw badValue(`expected ${problemOf(space, { [name]: text })}`, namesOf(space));
    if (values.has(name)) throw badValue(`expected each parameter once, got ${name} twice`);
    values.set(name, parseValue(spec, text));
  }
  return Object.fromEntries(values);
}

function parseValue({ name, distribution }: ParamSpec, text: string): ParamValue {
  if (distribution.kind === 'categorical') {
    const choice = distribution.choices.find(
      (each) => String(each) === text || JSON.stringify(each) === text,
    );
    if (choice !== undefined) return choice;
  } else {
    const value = parseNumber(text);
    const spec = { name, distribution };
    if (
      value !== null &&
      problemOf({ params: [spec], constraints: [], order: [name] }, { [name]: value }) === null
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

/** @throws HpoError enqueue.useless (usage) for a whole configuration that would never be run. */
export async function refuseUseless(study: Study, point: Params): Promise<void> {
  const useless = (why: string) =>
    usageError('enqueue.useless', `expected a configuration to try, but ${why}`);
  const waiting = (await study.storage.waiting(study.id)).find(
    ({ fixed }) => givenKey(fixed as Params) === givenKey(point),
  );
  if (waiting) throw useless(`trial ${waiting.number} waits with the same`);
  const whole = wholePoint(study.space, point);
  if (!whole) return;
  const inactive = inactiveNames(point, whole);
  if (inactive.length > 0) throw useless(`conditions leave out ${inactive.join(', ')} in it`);
  if (whole.forbidden) throw useless('a constraint forbids it');
  const key = givenKey(whole.given);
  const held = (await study.view()).configs.find((config) => config.key === key);
  if (held) throw useless(`trial ${held.trials[0]?.number} has tried it`);
}

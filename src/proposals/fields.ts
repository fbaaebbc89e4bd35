import { categorical, type Distribution, float, int, type ParamValue } from '../core/distribution.js';
import { HpoError, usageError } from '../core/errors.js';
import { isMapping, type Mapping } from '../core/mapping.js';
import type { Attrs } from '../core/trial.js';

// What arrives is the text of another program: each part is looked at before it is used.

const SHOWN = 200;

/** Returns the error of a request that is not as it should be. */
export function bad(
  expected: string,
  got: unknown,
  { code = 'sampler.bad-request', fix }: { readonly code?: string; readonly fix?: string } = {},
): HpoError {
  const shown = (typeof got === 'string' ? got : (JSON.stringify(got) ?? 'nothing')).slice(0, SHOWN);
  return usageError(code, `expected ${expected}, got ${shown}`, fix === undefined ? {} : { fix });
}

export function fieldsOf(value: unknown, what: string): Mapping {
  if (isMapping(value)) return value;
  throw bad(`${what} to be an object`, value);
}

export function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw bad(`${what} to be a list`, value);
}

export function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw bad(`${what} to be text`, value);
}

/** Returns a name of a parameter. Objects cannot have every text as the name of a member. */
export function nameOf(value: unknown, what: string): string {
  const name = textOf(value, what);
  if (name === '__proto__') throw bad(`${what} to be another text`, name);
  return name;
}

export function oneOf<const T extends string>(known: readonly T[], value: unknown, what: string): T {
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  throw bad(`${what} to be one of ${known.join(', ')}`, value);
}

/** Returns a whole number from 0 on. */
export function wholeOf(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw bad(`${what} to be a whole number from 0`, value);
}

const NO_JSON: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** Returns a number; those that JSON lacks arrive as text. */
export function numberOf(value: unknown, what: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && Object.hasOwn(NO_JSON, value)) return NO_JSON[value] as number;
  throw bad(`${what} to be a number, "NaN", "Infinity" or "-Infinity"`, value);
}

/** Returns attributes, which came from JSON and so are nothing else. */
export function attrsOf(value: unknown): Attrs {
  return fieldsOf(value, 'attrs') as Attrs;
}

/** Returns the distribution of a parameter, checked. */
export function distributionOf(value: unknown, name: string): Distribution {
  const fields = fieldsOf(value, `the distribution of ${name}`);
  const kind = oneOf(['float', 'int', 'categorical'], fields.kind, `the kind of ${name}`);
  try {
    if (kind === 'categorical')
      return categorical(listOf(fields.choices, `the choices of ${name}`) as readonly ParamValue[]);
    const { low, high, log = false, step = null } = fields;
    const more = { log: log === true, ...(step !== null && { step: step as number }) };
    const make = kind === 'float' ? float : int;
    return make(low as number, high as number, more);
  } catch (error) {
    if (error instanceof HpoError && error.code.startsWith('space.'))
      throw usageError('sampler.bad-request', `the distribution of ${name}: ${error.message}`);
    throw error;
  }
}

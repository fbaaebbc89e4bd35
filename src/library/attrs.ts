import { usageError } from '../core/errors.js';
import { shownValue } from '../core/shown-value.js';
import type { Attrs, JsonValue } from '../core/trial.js';
import type { TrialAttrs } from './trial-types.js';

/** Returns the attributes of one trial. `write` stores some of them, after those before. */
export function makeAttrs(write: (attrs: Attrs) => void): TrialAttrs {
  const known = new Map<string, JsonValue>();
  return {
    set(values) {
      const checked = checkAttrs(values);
      for (const [name, value] of Object.entries(checked)) {
        if (value === null) known.delete(name);
        else known.set(name, value);
      }
      write(checked);
    },
    get: (name) => known.get(name),
  };
}

/** @throws HpoError (usage) attrs.name, attrs.value. */
export function checkAttrs(values: unknown): Attrs {
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw usageError('attrs.value', `expected attributes by their names, got ${shownValue(values)}`, {
      fix: 'trial.attrs.set({ tokens: 512 })',
    });
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (name === '' || name.startsWith('hpo:'))
        throw usageError(
          'attrs.name',
          `expected a name that does not begin with hpo:, got ${JSON.stringify(name)}`,
        );
      return [name, toJson(name, value)];
    }),
  );
}

/** A copy, so that what the program changes later is not stored. */
function toJson(name: string, value: unknown): JsonValue {
  if (value === undefined) return null;
  if (typeof value === 'number') return value;
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A circle, or a bigint.
  }
  if (text !== undefined) return JSON.parse(text) as JsonValue;
  throw usageError(
    'attrs.value',
    `expected the attribute ${name} to be text, a number, a boolean, a list or an object of these, got ${typeof value}`,
  );
}

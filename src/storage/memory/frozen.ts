import type { JsonValue } from '../../core/trial.js';

const NOTHING = Object.freeze({});

/** A frozen copy, which can be stored and returned without further copies. */
export function frozenCopy<T extends JsonValue>(value: T): T {
  return copy(value) as T;
}

function copy(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return Object.freeze((value as readonly JsonValue[]).map(copy));
  const parts: Record<string, JsonValue> = {};
  const names = Object.keys(value);
  if (names.length === 0) return NOTHING;
  const source = value as Readonly<Record<string, JsonValue>>;
  // Every parameter of every trial passes here.
  for (let k = 0; k < names.length; k++) {
    const name = names[k] as string;
    const part = source[name];
    // A file has no key for an undefined value either.
    if (part !== undefined) define(parts, name, copy(part));
  }
  return Object.freeze(parts);
}

/** Sets a property, also one that is called `__proto__`. */
function define(parts: Record<string, JsonValue>, name: string, part: JsonValue): void {
  if (name === '__proto__') Object.defineProperty(parts, name, { value: part, enumerable: true });
  else parts[name] = part;
}

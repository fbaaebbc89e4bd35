import type { JsonValue } from '../../core/trial.js';

/** A copy that nobody can change, so that it is stored and handed out without further copies. */
export function frozenCopy<T extends JsonValue>(value: T): T {
  return copy(value) as T;
}

function copy(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return Object.freeze((value as readonly JsonValue[]).map(copy));
  const parts: Record<string, JsonValue> = {};
  for (const [name, part] of Object.entries(value)) {
    // An optional key that is undefined is no key in a file either.
    if (part !== undefined) define(parts, name, copy(part));
  }
  return Object.freeze(parts);
}

/** `__proto__` is a name like any other. */
function define(parts: Record<string, JsonValue>, name: string, part: JsonValue): void {
  if (name === '__proto__') Object.defineProperty(parts, name, { value: part, enumerable: true });
  else parts[name] = part;
}

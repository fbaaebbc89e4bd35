import type { JsonValue } from './trial.js';

export type Mapping<Value = unknown> = { readonly [key: string]: Value };

/** Whether a value has keys: an object that is neither null nor a list. */
export function isMapping(value: JsonValue | undefined): value is Mapping<JsonValue>;
export function isMapping(value: unknown): value is Mapping;
export function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

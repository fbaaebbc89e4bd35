import { shownValue } from '../core/shown-value.js';

/** Returns a value in words, for errors: `the text "abc"`, `the number 3`, `a list`, `nothing`. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return `the text ${quote(value)}`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
}

/** Returns a value as YAML could contain it, on one line and shortened. */
export function show(value: unknown): string {
  return cut(typeof value === 'string' && /^[\w.-]+$/.test(value) ? value : shownValue(value));
}

/** Returns `a, b or c`. */
export function either(words: readonly string[]): string {
  const unique = [...new Set(words)];
  const last = unique.pop() ?? '';
  return unique.length === 0 ? last : `${unique.join(', ')} or ${last}`;
}

/** Returns `did you mean X?`; undefined without a name. */
export function didYouMean(name: string | null): string | undefined {
  return name === null ? undefined : `did you mean ${name}?`;
}

function quote(text: string): string {
  return cut(JSON.stringify(text));
}

function cut(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

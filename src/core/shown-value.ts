const MOST_CHARACTERS = 200;
const MOST_ENTRIES = 100;
const MOST_LEVELS = 4;

/**
 * Returns a value as an error message shows it: as JSON, but NaN, infinities, undefined, bigints, symbols and functions as what
 * they are. On one line, and shortened.
 */
export function shownValue(value: unknown): string {
  const text = shownAt(value, 0);
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 3)}...`;
}

function shownAt(value: unknown, level: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MOST_CHARACTERS));
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  // An object may contain itself.
  if (level === MOST_LEVELS) return '...';
  const inner = (each: unknown) => shownAt(each, level + 1);
  if ('toJSON' in value && typeof value.toJSON === 'function') return inner(value.toJSON());
  if (Array.isArray(value)) return `[${value.slice(0, MOST_ENTRIES).map(inner).join(',')}]`;
  const entries = Object.entries(value).slice(0, MOST_ENTRIES);
  return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${inner(each)}`).join(',')}}`;
}

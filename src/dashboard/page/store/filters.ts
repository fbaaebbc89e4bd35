/** Trials whose value of one field lies in a range; `missing` adds those without a value. */
export type Range = {
  readonly key: string;
  readonly low: number;
  readonly high: number;
  readonly missing: boolean;
};

/** Trials whose curve passes through a box of steps and values. */
export type CurveBox = {
  readonly firstStep: number;
  readonly lastStep: number;
  readonly low: number;
  readonly high: number;
};

/** What the one selection consists of. All parts must hold. */
export type Filters = {
  readonly ranges: readonly Range[];
  readonly curve: CurveBox | null;
  /** States to show; null for all. */
  readonly states: readonly string[] | null;
  /** What was typed over the table. */
  readonly text: string;
  /** Only so many of the best trials. */
  readonly top: number | null;
};

export const NO_FILTERS: Filters = { ranges: [], curve: null, states: null, text: '', top: null };

export function isEmpty({ ranges, curve, states, text, top }: Filters): boolean {
  return ranges.length === 0 && !curve && states === null && text.trim() === '' && top === null;
}

/** Returns the filters with these ranges in the place of earlier ones of the same fields; null removes one. */
export function withRanges(filters: Filters, changes: Readonly<Record<string, Range | null>>): Filters {
  const kept = filters.ranges.filter(({ key }) => !Object.hasOwn(changes, key));
  const added = Object.values(changes).filter((range) => range !== null);
  return { ...filters, ranges: [...kept, ...added] };
}

/** Returns the query of a URL for filters, without a question mark. `others` are kept. */
export function toQuery(filters: Filters, others: URLSearchParams): string {
  const query = new URLSearchParams();
  for (const [name, value] of others) if (!NAMES.has(name)) query.append(name, value);
  for (const { key, low, high, missing } of filters.ranges)
    query.append('range', [encode(key), short(low), short(high), ...(missing ? ['none'] : [])].join('~'));
  const { curve, states, text, top } = filters;
  if (curve)
    query.set('curve', [curve.firstStep, curve.lastStep, curve.low, curve.high].map(short).join('~'));
  if (states) query.set('state', states.join('~'));
  if (text.trim() !== '') query.set('where', text);
  if (top !== null) query.set('top', String(top));
  return query.toString();
}

const NAMES = new Set(['range', 'curve', 'state', 'where', 'top']);

/** Returns the filters of a query. Parts that make no sense are left out. */
export function fromQuery(query: URLSearchParams): Filters {
  const ranges = query.getAll('range').flatMap((text): Range[] => {
    const [key, low, high, none] = text.split('~');
    const range = { key: decode(key ?? ''), low: Number(low), high: Number(high), missing: none === 'none' };
    return range.key && !Number.isNaN(range.low) && !Number.isNaN(range.high) ? [range] : [];
  });
  const curve = query.get('curve')?.split('~').map(Number) ?? [];
  const isCurve = curve.length === 4 && curve.every((part) => !Number.isNaN(part));
  const [firstStep = 0, lastStep = 0, low = 0, high = 0] = curve;
  const top = Number(query.get('top') ?? Number.NaN);
  return {
    ranges,
    curve: isCurve ? { firstStep, lastStep, low, high } : null,
    states: query.get('state')?.split('~').filter(Boolean) ?? null,
    text: query.get('where') ?? '',
    top: Number.isInteger(top) && top > 0 ? top : null,
  };
}

/** A bound comes from a place on the screen, so that six digits are enough. */
const short = (value: number) => String(Number(value.toPrecision(6)));
const encode = (text: string) => encodeURIComponent(text).replaceAll('~', '%7E');

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

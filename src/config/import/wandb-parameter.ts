import { isMapping } from '../../core/mapping.js';

/** A parameter in the form of hpo's sweep file, with notes on what was not imported. */
export type Converted = { readonly parameter: unknown; readonly notes: readonly string[] };

type Mapping = Readonly<Record<string, unknown>>;

/** Three standard deviations: they cover all but 0.3 % of a normal distribution. */
const REACH = 3;

/**
 * Converts one entry of `parameters` of a W&B sweep file; null with a note where hpo has no similar one. Nested mappings
 * are handled elsewhere: see `wandbSweep`.
 * @param fractional whether an end is written as a fraction, even a whole number such as 1.0.
 */
export function wandbParameter(
  given: unknown,
  fractional = false,
): Converted | { readonly parameter: null; readonly notes: string[] } {
  if (!isMapping(given)) return nothing('expected a mapping such as {min, max} or {values}');
  if (given.values !== undefined) return choices(given);
  if (given.value !== undefined) {
    if (isMapping(given.value)) return nothing('a value that is a mapping has no counterpart');
    return { parameter: [given.value], notes: [] };
  }
  const distribution = given.distribution ?? guess(given, fractional);
  return range(String(distribution), given);
}

function choices(given: Mapping): Converted | { parameter: null; notes: string[] } {
  if (!Array.isArray(given.values) || given.values.length === 0) return nothing('expected a list of values');
  if (given.values.some(isMapping)) return nothing('values that are mappings have no counterpart');
  const notes = given.probabilities === undefined ? [] : ['its probabilities: all values are equally likely'];
  return { parameter: given.values, notes };
}

/** Guesses the distribution by W&B's rule: whole ends mean whole numbers, unless one is written as a fraction. */
function guess({ min, max, mu, sigma }: Mapping, fractional: boolean): string {
  if (mu !== undefined || sigma !== undefined) return 'normal';
  return !fractional && Number.isInteger(min) && Number.isInteger(max) ? 'int_uniform' : 'uniform';
}

function range(distribution: string, given: Mapping): Converted | { parameter: null; notes: string[] } {
  const quantized = distribution.startsWith('q_');
  const base = quantized ? distribution.slice(2) : distribution;
  const q = quantized ? number(given.q, 1) : null;
  switch (base) {
    case 'int_uniform':
      return ends(given, (min, max) => ({ parameter: { min, max, int: true }, notes: [] }));
    case 'uniform':
      return ends(given, (min, max) => lattice(min, max, q));
    case 'log_uniform':
      // Its ends are exponents of e.
      return ends(given, (min, max) => logarithmic(Math.exp(min), Math.exp(max), q));
    case 'log_uniform_values':
    // The logarithm of 1/x is uniform where that of x is.
    case 'inv_log_uniform_values':
      return ends(given, (min, max) => logarithmic(min, max, q));
    case 'inv_log_uniform':
      return ends(given, (min, max) => logarithmic(Math.exp(-max), Math.exp(-min), q));
    case 'normal':
    case 'log_normal':
      return bell(base, number(given.mu, 0), number(given.sigma, 1), q);
    case 'beta': {
      const { parameter, notes } = lattice(0, 1, q);
      return {
        parameter,
        notes: [`its shape: ${distribution} became a uniform range from 0 to 1`, ...notes],
      };
    }
    default:
      return nothing(`the distribution ${JSON.stringify(distribution)} is not known`);
  }
}

function ends(given: Mapping, use: (min: number, max: number) => Converted) {
  const { min, max } = given;
  if (typeof min !== 'number' || typeof max !== 'number') return nothing('expected numbers min and max');
  return use(min, max);
}

function bell(base: string, mu: number, sigma: number, q: number | null): Converted {
  const [low, high] = [mu - REACH * sigma, mu + REACH * sigma];
  const { parameter, notes } =
    base === 'normal' ? lattice(low, high, q) : logarithmic(Math.exp(low), Math.exp(high), q);
  const shape = `its shape: ${base} became a ${base === 'normal' ? '' : 'logarithmic '}range of ${REACH} sigma`;
  return { parameter, notes: [shape, ...notes] };
}

function lattice(min: number, max: number, q: number | null): Converted {
  if (q === null) return { parameter: { min, max }, notes: [] };
  // W&B rounds to multiples of q; hpo counts from min.
  const [from, to] = [Math.ceil(min / q) * q, Math.floor(max / q) * q].map(tidy) as [number, number];
  if ([from, to, q].every(Number.isInteger)) {
    return { parameter: { min: from, max: to, int: true, ...(q !== 1 && { step: q }) }, notes: [] };
  }
  return { parameter: { min: from, max: to, step: q }, notes: [] };
}

function logarithmic(min: number, max: number, q: number | null): Converted {
  const [low, high] = [tidy(min), tidy(max)];
  if (q === null) return { parameter: { min: low, max: high, log: true }, notes: [] };
  if (q === 1 && low >= 0.5) {
    const [from, to] = [Math.max(1, Math.round(low)), Math.round(high)];
    return { parameter: { min: from, max: to, int: true, log: true }, notes: [] };
  }
  return {
    parameter: { min: low, max: high, log: true },
    notes: [`its steps of ${q}: a logarithmic range has none`],
  };
}

/** Rounds to twelve digits: later ones are the rounding error of an exponential or a product. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function nothing(why: string): { parameter: null; notes: string[] } {
  return { parameter: null, notes: [why] };
}

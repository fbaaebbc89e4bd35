import type { ParamValue } from '../../core/distribution.js';
import { paramText } from '../../core/param-text.js';
import { cellText } from '../../loggers/csv/format.js';

const DIGITS = 4;

/** A number with four significant digits; whole numbers, and the whole part of large ones, have all of theirs. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return cellText(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return String(value);
  if (size >= 10 ** (DIGITS - 1) && size < 1e9) return String(Math.round(value));
  if (size >= 1e-4 && size < 1e9) return String(Number(value.toPrecision(DIGITS)));
  return shortExponent(value);
}

/** `1.5e-7`, with no zeros that say nothing. */
function shortExponent(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(DIGITS - 1).split('e');
  return `${Number(mantissa)}e${exponent.replace('+', '')}`;
}

/** A parameter, or another value of a trial; a missing one is empty. */
export function shortValue(value: ParamValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'number' ? shortNumber(value) : paramText(value);
}

/** `0.01234 ± 0.002`, for a mean and its deviation; without one, the mean alone. */
export function withDeviation(mean: number, deviation: number | null | undefined): string {
  return deviation === null || deviation === undefined
    ? shortNumber(mean)
    : `${shortNumber(mean)} ± ${shortNumber(Number(deviation.toPrecision(2)))}`;
}

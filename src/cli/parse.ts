import { InvalidArgumentError } from 'commander';
import { DURATION, durationMs } from '../config/duration.js';
import { SIZE, sizeBytes } from '../config/size.js';
import { parseNumber } from '../protocol/metric.js';
import type { TrialBudget } from '../study/sweep/budget.js';

/** Returns the milliseconds of a duration such as `90s`, `45m`, `2h`, `1h30m` or `1d`; a bare number counts seconds. */
export function parseDuration(text: string): number {
  const duration = durationMs(text);
  if (duration === null) throw new InvalidArgumentError(DURATION);
  return duration;
}

/** As `parseDuration`, but above zero: with a limit of 0 nothing could run. */
export function parseLimit(text: string): number {
  const limit = parseDuration(text);
  if (limit <= 0) throw new InvalidArgumentError(DURATION);
  return limit;
}

/** Returns the bytes of a size such as `500MB` or `2GiB`; a bare number counts bytes. */
export function parseSize(text: string): number {
  const bytes = sizeBytes(text);
  if (bytes === null) throw new InvalidArgumentError(SIZE);
  return bytes;
}

/** A whole number >= 0. */
export function parseCount(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

/** A whole number >= 1. */
export function parsePositive(text: string): number {
  const count = parseCount(text);
  if (count < 1) throw new InvalidArgumentError('expected a whole number of at least 1');
  return count;
}

/** Returns a parser for a whole number from `least` to `most`. */
export function parseUpTo(least: number, most: number): (text: string) => number {
  return (text) => {
    const count = parseCount(text);
    if (count < least || count > most)
      throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
    return count;
  };
}

/** `N`: the study's total; `+N`: N more. */
export function parseBudget(text: string): TrialBudget {
  const more = text.startsWith('+');
  return { count: more ? parseCount(text.slice(1)) : parsePositive(text), more };
}

/** `auto`, `cpu`, or a list of GPU indices or UUIDs. */
export function parseDevices(text: string): 'auto' | 'cpu' | readonly string[] {
  if (text === 'auto' || text === 'cpu') return text;
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => !/^(\d+|(GPU|MIG)-[\w/-]+)$/.test(name))) {
    throw new InvalidArgumentError('expected auto, cpu, or GPU indices or UUIDs such as 0,1');
  }
  return names;
}

/** Returns a number as METRIC lines write it. */
export function parseMetricNumber(text: string): number {
  const value = parseNumber(text);
  if (value !== null) return value;
  throw new InvalidArgumentError(`expected a number, got ${JSON.stringify(text)}`);
}

/** `name=value` with a number. */
export function parseMetric(text: string): { name: string; value: number } {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`expected name=value, got ${JSON.stringify(text)}`);
  return { name: text.slice(0, at), value: parseMetricNumber(text.slice(at + 1)) };
}

import { InvalidArgumentError } from 'commander';
import { parseSettingText, type SettingKind, type ValueOfKind } from '../config/setting-kinds.js';
import { withMicroSign } from '../core/metric-name.js';

/** Returns a parser for commander that accepts the values of a kind of setting. */
export function argumentParser<K extends SettingKind>(kind: K): (text: string) => ValueOfKind<K> {
  return (text) => {
    const parsed = parseSettingText(kind, text);
    if ('value' in parsed) return parsed.value as ValueOfKind<K>;
    throw new InvalidArgumentError(parsed.expected);
  };
}

/** A duration above zero such as `90s`, `45m` or `2h`, in milliseconds; a bare number counts seconds. */
export const parseLimit = argumentParser({ type: 'duration', zero: false });
/** A whole number >= 0. */
export const parseCount = argumentParser({ type: 'count', min: 0, max: null });
/** A whole number >= 1. */
export const parsePositive = argumentParser({ type: 'count', min: 1, max: null });
/** A port to listen on; 0: any free one. */
export const parsePort = argumentParser({ type: 'count', min: 0, max: 65_535 });
/** A number as METRIC lines write it. */
export const parseMetricNumber = argumentParser({ type: 'number' });

/** `name=value` with a number. */
export function parseMetric(text: string): { name: string; value: number } {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`expected name=value, got ${JSON.stringify(text)}`);
  return { name: withMicroSign(text.slice(0, at)), value: parseMetricNumber(text.slice(at + 1)) };
}

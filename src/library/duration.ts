import { durationMs } from '../config/duration.js';
import { usageError } from '../core/errors.js';
import { shownValue } from '../core/shown-value.js';

type Unit = 'ms' | 's' | 'm' | 'min' | 'h' | 'd';

/** Text such as `30s`, `45m`, `2h` or `1h30m`. */
export type DurationText =
  | `${number}${Unit}`
  | `${number}${Unit}${number}${Unit}`
  | `${number}h${number}m${number}s`;

/** How long: milliseconds, or text such as `'30s'`, `'45m'`, `'2h'` or `'1h30m'`. */
export type Duration = number | DurationText;

/**
 * Returns milliseconds. `least`: the smallest that is right.
 * @throws HpoError optimize.bad-option (usage).
 */
export function toMs(name: string, duration: Duration, least: 'above 0' | 'from 0'): number {
  const text = typeof duration === 'string' ? duration.replaceAll(' ', '') : '';
  // Digits alone counted seconds in earlier versions: they mean nothing here.
  const isBare = typeof duration === 'string' && /^[\d.]*$/.test(text);
  const ms = typeof duration === 'string' ? (isBare ? null : durationMs(text)) : duration;
  const isLong = typeof ms === 'number' && (least === 'above 0' ? ms > 0 : ms >= 0);
  if (isLong && Number.isFinite(ms)) return ms;
  throw usageError(
    'optimize.bad-option',
    `expected ${name} to be milliseconds ${least}, or text such as '30s', '45m', '2h' or '1h30m', got ${shownValue(duration)}`,
  );
}

import * as z from 'zod';
import { DURATION, durationMs } from './duration.js';

/** A duration above 0: seconds as a number, or text such as `90s`, `45m`, `1h30m`. */
export const durationSchema = z.union([
  z.number().positive(),
  z.string().refine((text) => (durationMs(text) ?? 0) > 0, DURATION),
]);

/** As `durationSchema`; text may also be a duration of 0. */
export const durationOrZeroSchema = z.union([
  z.number().positive(),
  z.string().refine((text) => durationMs(text) !== null, DURATION),
]);

/** Returns milliseconds; null stays null. A bare number counts seconds. */
export function toMs(duration: number | string | null): number | null {
  return typeof duration === 'string' ? durationMs(duration) : duration && duration * 1000;
}

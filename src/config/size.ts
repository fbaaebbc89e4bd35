import { UNIT_BYTES } from '../core/units.js';

/** The form of a size, for messages. */
export const SIZE = 'expected a size such as 500MB, 2GiB or a number of bytes';

/** Returns the bytes of a size such as `500MB` or `2GiB`; a bare number counts bytes. Null for anything else, and below one byte. */
export function sizeBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)?$/.exec(text);
  if (match === null) return null;
  // K and k mean the same to everybody.
  const unit = (match[2] ?? 'B').replace(/^K(?!i)/, 'k');
  if (!Object.hasOwn(UNIT_BYTES, unit)) return null;
  const bytes = Math.round(Number(match[1]) * (UNIT_BYTES[unit] as number));
  return Number.isSafeInteger(bytes) && bytes >= 1 ? bytes : null;
}

import * as z from 'zod';
import { SIZE, sizeBytes } from './size.js';

/** The form of a size in a sweep file; see `sizeBytes`. */
export const sizeSchema = z.union([
  z.int().min(1),
  z.string().refine((text) => sizeBytes(text) !== null, SIZE),
]);

/** Returns a checked size in bytes; null stays null. */
export function toBytes(size: z.output<typeof sizeSchema> | null): number | null {
  return typeof size === 'string' ? sizeBytes(size) : size;
}

import * as z from 'zod';
import { DEVICES, type Devices, GPU_NAME, parseDevices } from './device-names.js';

const gpuSchema = z.union([
  z.int().min(0),
  z.string().regex(GPU_NAME, 'expected a GPU index or UUID (write auto and cpu without a list)'),
]);

/** The forms of devices in a sweep file: a word, `0,1`, an index, or a list. */
export const devicesSchema = z.union([
  z.string().refine((text) => parseDevices(text) !== null, DEVICES),
  z.int().min(0),
  z
    .array(gpuSchema)
    .min(1)
    .refine((list) => new Set(list.map(String)).size === list.length, 'expected each device once'),
]);

/** Returns checked devices of a sweep file in their single form. */
export function toDevices(given: z.output<typeof devicesSchema>): Devices {
  if (typeof given === 'string') return parseDevices(given) ?? 'auto';
  return Array.isArray(given) ? given.map(String) : [String(given)];
}

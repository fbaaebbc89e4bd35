import { z } from 'zod';

/** `auto`, `cpu`, or GPUs by index or UUID. */
export type Devices = 'auto' | 'cpu' | readonly string[];

const GPU = /^(\d+|(GPU|MIG)-[\w/-]+)$/;
const WORDS = 'expected auto, cpu, or GPUs by index or UUID (0,1)';

const gpuSchema = z.union([
  z.int().min(0),
  z.string().regex(GPU, 'expected a GPU index or UUID (auto and cpu stand alone, without a list)'),
]);

/** How a sweep file names devices: a word, `0,1`, an index, or a list. */
export const devicesSchema = z.union([
  z.string().refine((text) => parseDevices(text) !== null, WORDS),
  z.int().min(0),
  z
    .array(gpuSchema)
    .min(1)
    .refine((list) => new Set(list.map(String)).size === list.length, 'expected each device once'),
]);

/** Devices as given on a command line (`auto`, `cpu`, `0`, `0,1`, `GPU-...`); null when the text names none. */
export function parseDevices(text: string): Devices | null {
  if (text === 'auto' || text === 'cpu') return text;
  const list = text.split(',').map((part) => part.trim());
  return list.every((part) => GPU.test(part)) && new Set(list).size === list.length ? list : null;
}

/** Checked devices of a sweep file in their one form. */
export function toDevices(given: z.output<typeof devicesSchema>): Devices {
  if (typeof given === 'string') return parseDevices(given) ?? 'auto';
  return Array.isArray(given) ? given.map(String) : [String(given)];
}

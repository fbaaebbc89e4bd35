/** `auto`, `cpu`, or GPUs by index or UUID. */
export type Devices = 'auto' | 'cpu' | readonly string[];

/** A GPU by its index, or the UUID of a GPU or a MIG instance. */
export const GPU_NAME = /^(\d+|(GPU|MIG)-[\w/-]+)$/;

/** The form of devices, for messages. */
export const DEVICES = 'expected auto, cpu, or GPU indices or UUIDs such as 0,1';

/** Returns the devices of a text on a command line (`auto`, `cpu`, `0`, `0,1`, `GPU-...`); null when it names none. */
export function parseDevices(text: string): Devices | null {
  if (text === 'auto' || text === 'cpu') return text;
  const list = text.split(',').map((part) => part.trim());
  return list.every((part) => GPU_NAME.test(part)) && new Set(list).size === list.length ? list : null;
}

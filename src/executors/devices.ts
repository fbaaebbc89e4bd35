import { usageError } from '../core/errors.js';
import {
  askNvidiaSmi,
  NVIDIA_SMI_LIMIT_MS,
  type NvidiaSmiTrouble,
  numberOrNull,
  rowsOf,
} from './ask-nvidia-smi.js';

/** A GPU as nvidia-smi lists it. Numbers that the driver does not report (`[N/A]`) are null. */
export type GpuInfo = {
  /** In PCI bus order. */
  readonly index: number;
  readonly uuid: string;
  readonly name: string;
  readonly utilizationPercent: number | null;
  readonly memoryUsedMiB: number | null;
  readonly memoryTotalMiB: number | null;
  readonly temperatureC: number | null;
  readonly powerW: number | null;
};

/** A device that a process is pinned to: the number or text for people, and the text that CUDA gets. */
export type Device = { readonly label: string; readonly id: string };

/** A list of indices or UUIDs; `auto` takes every visible GPU, and the CPU when there is none. */
export type DeviceChoice = 'auto' | 'cpu' | readonly string[];

const QUERY = 'index,uuid,name,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw';

/** What nvidia-smi showed, and why it showed nothing. */
export type GpuLook = { readonly gpus: readonly GpuInfo[]; readonly trouble: NvidiaSmiTrouble | null };

/** Returns the GPUs of this machine. No nvidia-smi, or one that fails or hangs for 10 s, means none and is not an error. */
export async function findGpus(): Promise<readonly GpuInfo[]> {
  return (await lookForGpus()).gpus;
}

/** Returns the same, with the reason why there are none. */
export async function lookForGpus(limitMs = NVIDIA_SMI_LIMIT_MS): Promise<GpuLook> {
  const { rows, trouble } = await askNvidiaSmi(`--query-gpu=${QUERY}`, { limitMs });
  return { gpus: rows?.flatMap(toGpu) ?? [], trouble };
}

/** Reads nvidia-smi's lines. */
export function parseGpus(text: string): GpuInfo[] {
  return rowsOf(text).flatMap(toGpu);
}

/** Returns nothing for a row that is not as expected (a driver's warning). */
function toGpu(fields: readonly string[]): GpuInfo[] {
  const [index, uuid] = fields;
  if (fields.length < 8 || uuid === undefined || index === undefined || !/^\d+$/.test(index)) return [];
  // A name may hold commas; the fields around it cannot.
  const [utilization, used, total, temperature, power] = fields.slice(-5).map(numberOrNull);
  return [
    {
      index: Number(index),
      uuid,
      name: fields.slice(2, -5).join(', '),
      utilizationPercent: utilization ?? null,
      memoryUsedMiB: used ?? null,
      memoryTotalMiB: total ?? null,
      temperatureC: temperature ?? null,
      powerW: power ?? null,
    },
  ];
}

/**
 * Returns the GPUs to use, in the order of the choice; empty means the CPU. Indices are nvidia-smi's, whatever was inherited:
 * an inherited CUDA_VISIBLE_DEVICES is subdivided and never renumbered. Without nvidia-smi named devices are used as they
 * are, and so are MIG instances, which it does not list here.
 * @throws HpoError (usage) devices.unknown, devices.not-visible or devices.repeated.
 */
export function chooseDevices(
  choice: DeviceChoice,
  gpus: readonly GpuInfo[],
  inherited: string | undefined,
): Device[] {
  if (choice === 'cpu' || (choice !== 'auto' && choice.length === 1 && choice[0] === 'cpu')) return [];
  if (choice === 'auto' || (choice.length === 1 && choice[0] === 'auto')) return visible(gpus, inherited);
  const devices = choice.map((text) => named(text.trim(), gpus));
  for (const [at, device] of devices.entries()) {
    if (devices.findIndex((other) => other.id === device.id) !== at) {
      throw usageError('devices.repeated', `expected each device once, got ${device.label} again`, {
        fix: 'slots_per_device: 2 runs two trials on each device',
      });
    }
  }
  if (inherited === undefined) return devices;
  const allowed = inheritedDevices(inherited, gpus);
  for (const device of devices) {
    if (allowed.some((other) => other.id === device.id)) continue;
    const list = allowed.map((other) => other.label).join(', ') || 'none';
    throw usageError(
      'devices.not-visible',
      `CUDA_VISIBLE_DEVICES=${inherited} leaves these devices: ${list}; got ${device.label}`,
      { fix: 'choose among them (as nvidia-smi counts), or unset CUDA_VISIBLE_DEVICES' },
    );
  }
  return devices;
}

function visible(gpus: readonly GpuInfo[], inherited: string | undefined): Device[] {
  if (inherited === undefined) return gpus.map(known);
  // A missing nvidia-smi means that there is no GPU, whatever a variable says.
  return gpus.length === 0 ? [] : inheritedDevices(inherited, gpus);
}

/** CUDA's rule: the list ends before its first entry that names nothing (`-1`, `NoDevFiles`, an unknown index). */
function inheritedDevices(list: string, gpus: readonly GpuInfo[]): Device[] {
  const devices: Device[] = [];
  for (const entry of list.split(',')) {
    const device = match(entry.trim(), gpus);
    if (device === null) break;
    devices.push(device);
  }
  return devices;
}

function named(text: string, gpus: readonly GpuInfo[]): Device {
  const device = match(text, gpus);
  if (device !== null) return device;
  const list = gpus.map((gpu) => gpu.index).join(', ');
  throw usageError(
    'devices.unknown',
    `expected auto, cpu, or GPUs by index or UUID${list ? ` (here: ${list})` : ''}, got ${JSON.stringify(text)}`,
    { fix: 'nvidia-smi -L lists the GPUs of this machine' },
  );
}

function match(text: string, gpus: readonly GpuInfo[]): Device | null {
  if (/^MIG-[\w/-]+$/.test(text)) return { label: text, id: text };
  const isIndex = /^\d+$/.test(text);
  if (gpus.length === 0) return isIndex || /^GPU-[\w-]+$/.test(text) ? { label: text, id: text } : null;
  // CUDA also accepts the beginning of a UUID, where it fits only one GPU.
  const fits = gpus.filter((gpu) =>
    isIndex ? gpu.index === Number(text) : text.startsWith('GPU-') && gpu.uuid.startsWith(text),
  );
  return fits[0] !== undefined && fits.length === 1 ? known(fits[0]) : null;
}

function known(gpu: GpuInfo): Device {
  return { label: String(gpu.index), id: gpu.uuid };
}

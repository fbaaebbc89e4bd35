import { existsSync } from 'node:fs';
import { askNvidiaSmi, NVIDIA_SMI_LIMIT_MS } from '../../executors/ask-nvidia-smi.js';
import { chooseDevices, type GpuInfo, type GpuLook, lookForGpus } from '../../executors/devices.js';
import { gpuKey, type LeaseFile, Leases, leasePlace, lookAtLeaseDir } from '../../executors/gpu-leases.js';
import { holders } from '../../executors/gpu-slots.js';
import { holderText } from '../../loggers/event-messages.js';
import { livenessIn } from '../liveness.js';
import type { Check, DoctorOptions, Finding, Row } from './check.js';

/** Returns the checks of GPUs; nvidia-smi runs once for all of them. */
export function gpuChecks(): Check[] {
  let looked: Promise<GpuLook> | undefined;
  const look = (options: DoctorOptions) => {
    looked ??= lookForGpus(limitOf(options));
    return looked;
  };
  return [
    { name: 'nvidia-smi', run: async (options) => showGpus(await look(options), limitOf(options)) },
    {
      name: 'cuda-visible-devices',
      run: async (options) => judgeVisible((await look(options)).gpus, process.env.CUDA_VISIBLE_DEVICES),
    },
    { name: 'leases', run: async (options) => judgeLeases((await look(options)).gpus) },
  ];
}

/** Half the limit of the part, because nvidia-smi runs twice in it. */
function limitOf({ limitMs }: DoctorOptions): number {
  return Math.min(NVIDIA_SMI_LIMIT_MS, limitMs / 3);
}

async function showGpus(look: GpuLook, limitMs: number): Promise<readonly Row[]> {
  const driver = look.trouble === null ? await driverVersion(limitMs) : null;
  return [
    { name: 'nvidia-smi', ...judgeLook(look, driver, limitMs) },
    ...look.gpus.map((gpu) => ({ name: `gpu.${gpu.index}`, ...describeGpu(gpu) })),
  ];
}

async function driverVersion(limitMs: number): Promise<string | null> {
  const { rows } = await askNvidiaSmi('--query-gpu=driver_version', { limitMs });
  const version = rows?.[0]?.[0] ?? '';
  return /^\d+(\.\d+)+$/.test(version) ? version : null;
}

function judgeLook({ gpus, trouble }: GpuLook, driver: string | null, limitMs: number): Finding {
  const details = { gpus: gpus.length, driver, trouble: trouble?.kind ?? null };
  switch (trouble?.kind) {
    case undefined: {
      const count = gpus.length === 1 ? '1 GPU' : `${gpus.length} GPUs`;
      return { status: 'ok', message: `${count}${driver === null ? '' : `, driver ${driver}`}`, details };
    }
    case 'missing':
      return { status: 'info', message: 'no nvidia-smi, so no NVIDIA GPU: trials run on the CPU', details };
    case 'late':
      return {
        status: 'warn',
        message: `nvidia-smi did not answer within ${limitMs / 1000} s: its driver hangs, and trials run on the CPU`,
        fix: 'read the output of `nvidia-smi` and `dmesg`; restarting the machine usually helps',
        details,
      };
    case 'failed':
      return {
        status: 'warn',
        message: `nvidia-smi fails, so trials run on the CPU: ${trouble?.said || 'it says nothing'}`,
        fix: 'reinstall the driver; after a driver update, restart the machine',
        details,
      };
  }
}

/** Returns a finding about one GPU, without what the driver does not report. */
function describeGpu(gpu: GpuInfo): Finding {
  const { name, uuid, utilizationPercent, memoryUsedMiB, memoryTotalMiB, temperatureC } = gpu;
  const parts = [
    name,
    utilizationPercent === null ? null : `${utilizationPercent} % busy`,
    memoryTotalMiB === null ? null : `${memoryUsedMiB ?? '?'} of ${memoryTotalMiB} MiB used`,
    temperatureC === null ? null : `${temperatureC} °C`,
    uuid,
  ];
  return { status: 'ok', message: parts.filter((part) => part !== null).join(', '), details: { ...gpu } };
}

/** Checks an inherited CUDA_VISIBLE_DEVICES; sweeps divide the GPUs that it names and never use others. */
export function judgeVisible(gpus: readonly GpuInfo[], inherited: string | undefined): Finding {
  const visible = chooseDevices('auto', gpus, inherited).map(({ label }) => label);
  const details = { value: inherited ?? null, visible };
  if (inherited === undefined) return { status: 'ok', message: 'not set: sweeps may use every GPU', details };
  const set = `CUDA_VISIBLE_DEVICES=${inherited}`;
  if (gpus.length === 0) return { status: 'info', message: `${set}, but there is no GPU to choose`, details };
  const entries = inherited.split(',').map((entry) => entry.trim());
  const left = visible.length === 0 ? 'no GPU: sweeps run on the CPU' : `GPU ${visible.join(', ')}`;
  if (visible.length === entries.length)
    return { status: 'ok', message: `${set} leaves ${left}, numbered as by nvidia-smi`, details };
  const why =
    inherited === ''
      ? 'it is set, but empty'
      : `${entries[visible.length]} names no GPU here, and CUDA ignores the rest`;
  return {
    status: 'warn',
    message: `${set} leaves ${left} (${why})`,
    fix: 'unset it, or name GPUs that nvidia-smi -L lists',
    details,
  };
}

async function judgeLeases(gpus: readonly GpuInfo[]): Promise<Finding> {
  const place = leasePlace(process.env.HPO_LEASE_DIR);
  if (!existsSync(place.dir)) {
    const message = `none are held; ${place.dir} is created with the first one`;
    return { status: 'ok', message, details: { dir: place.dir, held: [] } };
  }
  const trouble = lookAtLeaseDir(place);
  if (trouble !== null) {
    // A sweep on GPUs fails if a folder chosen by the user cannot be used, and runs without leases if it is the default one.
    const status = place.chosen && gpus.length > 0 ? 'fail' : 'warn';
    const fix = 'set HPO_LEASE_DIR to your own folder on a local disk (chmod 700), the same for all sweeps';
    const message = `the folder for GPU leases, ${place.dir}, cannot be used: ${trouble}`;
    return { status, message, fix, details: { dir: place.dir, held: null } };
  }
  const { dir } = place;
  const live = new Leases({ dir, liveness: await livenessIn(dir), onTrouble: () => {} }).look();
  const held = holders(slotsOf(live, gpus), live);
  const message = held.length === 0 ? `none are held (${place.dir})` : held.map(holderText).join('; ');
  return { status: 'ok', message, details: { dir: place.dir, held } };
}

/** Returns slots by nvidia-smi's index, which people know; leases name GPUs by their CUDA name. */
function slotsOf(leases: readonly LeaseFile[], gpus: readonly GpuInfo[]) {
  const keys = [...new Set(leases.map(({ gpu }) => gpu))];
  return keys.map((key, id) => {
    const known = gpus.find(({ uuid }) => gpuKey(uuid) === key);
    return {
      id,
      device: known === undefined ? key : String(known.index),
      env: { CUDA_VISIBLE_DEVICES: key },
    };
  });
}

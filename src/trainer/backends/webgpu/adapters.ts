import { readdirSync } from 'node:fs';

export const WEBGPU_PACKAGES: readonly string[] = ['webgpu@0.6.2', '@tensorflow/tfjs-backend-webgpu@4.22.0'];

/** WebGPU's description of an adapter; `isFallbackAdapter` is newer than the rest. */
export type AdapterInfo = {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
};

const SOFTWARE = /llvmpipe|lavapipe|swiftshader/i;

/** Whether the adapter computes on the CPU: slower than WebAssembly. */
export function isSoftware({ architecture, device, description, isFallbackAdapter }: AdapterInfo): boolean {
  return (
    isFallbackAdapter === true || architecture === 'software' || SOFTWARE.test(`${device} ${description}`)
  );
}

/** Returns a name for people. Drivers fill different fields. */
export function adapterName({ vendor, device, description }: AdapterInfo): string {
  return device || description || vendor || 'an unnamed GPU';
}

/**
 * Returns the names of all Vulkan GPUs, from the message with which Dawn rejects an unknown name: its only way to list
 * them. Null when the message is a different one, or the platform has no Vulkan.
 */
export function vulkanGpus(message: string): string[] | null {
  if (!message.includes('Available adapters')) return null;
  const found = [...message.matchAll(/backend: '([^']*)', name: '([^\n]*)'/g)];
  return found.flatMap(([, backend, name]) =>
    backend === 'vulkan' && name !== undefined && !SOFTWARE.test(name) ? [name] : [],
  );
}

/** Returns the number of GPUs that NVIDIA's driver has on this machine; null without that driver. */
export function nvidiaGpuCount(folder = '/proc/driver/nvidia/gpus'): number | null {
  try {
    return readdirSync(folder).length;
  } catch {
    return null;
  }
}

export type PinFacts = {
  /** CUDA_VISIBLE_DEVICES of this process. */
  readonly visible: string | undefined;
  readonly adapter: AdapterInfo;
  readonly vulkan: readonly string[] | null;
  readonly nvidia: number | null;
};

/** Returns the line for people: which device computes, and what is uncertain or wrong about it. */
export function deviceNote(facts: PinFacts): string {
  const plain = `webgpu computes on ${adapterName(facts.adapter)}`;
  if (isSoftware(facts.adapter)) return `${plain}, a software GPU; wasm is faster`;
  return pinNote(facts) ?? plain;
}

/**
 * Returns a line on how the adapter relates to the GPU in CUDA_VISIBLE_DEVICES, or null when there is nothing to report.
 * Vulkan ignores that variable and does not say which of several cards an adapter is. So the selection is certain only
 * where no other card exists.
 */
function pinNote({ visible, adapter, vulkan, nvidia }: PinFacts): string | null {
  if (visible === undefined) return null;
  const name = adapterName(adapter);
  if (hidesGpus(visible)) {
    return `webgpu computes on ${name}, as device=webgpu demands, although CUDA_VISIBLE_DEVICES is ${JSON.stringify(visible)}`;
  }
  if (adapter.vendor === 'nvidia' && vulkan?.length === 1 && nvidia === 1) return null;
  const seen =
    vulkan === null ? 'an unknown number of GPUs' : `${vulkan.length} GPU${vulkan.length === 1 ? '' : 's'}`;
  return (
    `webgpu computes on ${name}; this may not be the GPU of CUDA_VISIBLE_DEVICES=${visible}, which Vulkan ` +
    `ignores (Vulkan shows ${seen}): the selection is not verified`
  );
}

/** Whether CUDA_VISIBLE_DEVICES hides all GPUs, as in a CPU slot of a sweep. */
export function hidesGpus(visible: string | undefined): boolean {
  return visible !== undefined && ['', '-1', 'NoDevFiles'].includes(visible.trim());
}

import { readdirSync } from 'node:fs';

export const WEBGPU_PACKAGES: readonly string[] = ['webgpu@0.6.2', '@tensorflow/tfjs-backend-webgpu@4.22.0'];

/** What WebGPU tells of an adapter; `isFallbackAdapter` is younger than the rest. */
export type AdapterInfo = {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
};

const SOFTWARE = /llvmpipe|lavapipe|swiftshader/i;

/** Whether a CPU plays the GPU's part: slower than WebAssembly. */
export function isSoftware({ architecture, device, description, isFallbackAdapter }: AdapterInfo): boolean {
  return (
    isFallbackAdapter === true || architecture === 'software' || SOFTWARE.test(`${device} ${description}`)
  );
}

/** A name for people. Drivers fill different fields. */
export function adapterName({ vendor, device, description }: AdapterInfo): string {
  return device || description || vendor || 'a GPU without a name';
}

/**
 * The names of all Vulkan GPUs, from the message with which Dawn refuses the name of one that it does not have: its only
 * way to list them. null when the message is another one, or the platform has no Vulkan.
 */
export function vulkanGpus(message: string): string[] | null {
  if (!message.includes('Available adapters')) return null;
  const found = [...message.matchAll(/backend: '([^']*)', name: '([^\n]*)'/g)];
  return found.flatMap(([, backend, name]) =>
    backend === 'vulkan' && name !== undefined && !SOFTWARE.test(name) ? [name] : [],
  );
}

/** How many GPUs NVIDIA's driver has on this machine; null without that driver. */
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

/** The line that tells people which device computes, and what is not certain or not good about it. */
export function deviceNote(facts: PinFacts): string {
  const plain = `webgpu computes on ${adapterName(facts.adapter)}`;
  if (isSoftware(facts.adapter)) return `${plain}, a GPU in software: wasm is faster`;
  return pinNote(facts) ?? plain;
}

/**
 * A line on how the adapter relates to what CUDA_VISIBLE_DEVICES pins this process to, or null when there is nothing to
 * tell. Vulkan does not heed that variable and does not say which of several cards an adapter is, so a pin holds for
 * certain only where no other card exists.
 */
function pinNote({ visible, adapter, vulkan, nvidia }: PinFacts): string | null {
  if (visible === undefined) return null;
  const name = adapterName(adapter);
  if (hidesGpus(visible)) {
    return `webgpu computes on ${name}, as it was told to, although CUDA_VISIBLE_DEVICES is ${JSON.stringify(visible)}`;
  }
  if (adapter.vendor === 'nvidia' && vulkan?.length === 1 && nvidia === 1) return null;
  const seen =
    vulkan === null ? 'an unknown number of GPUs' : `${vulkan.length} GPU${vulkan.length === 1 ? '' : 's'}`;
  return (
    `webgpu computes on ${name}; this may not be the GPU of CUDA_VISIBLE_DEVICES=${visible}, which Vulkan does not ` +
    `heed (Vulkan shows ${seen}): the pin is not verified`
  );
}

/** Whether CUDA_VISIBLE_DEVICES leaves no GPU, as in a CPU slot of a sweep. */
export function hidesGpus(visible: string | undefined): boolean {
  return visible !== undefined && ['', '-1', 'NoDevFiles'].includes(visible.trim());
}

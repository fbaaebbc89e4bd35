import { TFJS_PACKAGES } from '../packages.js';
import type { Backend } from './tf.js';
import { hidesGpus, WEBGPU_PACKAGES } from './webgpu/adapters.js';

/** One way to compute with tfjs. */
export type BackendEntry = {
  readonly name: Backend['name'];
  /** `gpu`: device=gpu accepts it and device=cpu skips it. */
  readonly kind: 'gpu' | 'cpu';
  /** As npm installs them: name@version. If the first one is missing, the backend is not installed. */
  readonly packages: readonly string[];
  readonly summary: string;
  /**
   * Loads the packages and starts the backend; ready for use. A GPU backend that computes on the CPU sets `onCpu`.
   * @throws HpoError trainer.missing-package where it is not installed (skipped silently); anything else counts as broken
   *   and is reported. Both carry a fix.
   * @param named whether device names this backend, rather than auto, cpu or gpu.
   */
  readonly load: (named?: boolean) => Promise<Backend>;
  /** Whether auto skips it here, silently and without loading anything. */
  readonly notByAuto?: () => boolean;
};

/** Every backend, the fastest first. To add a backend: one file, one entry, its name in the type of Backend. */
export const backends: readonly BackendEntry[] = [
  {
    name: 'tfjs-node-gpu',
    kind: 'gpu',
    packages: ['@tensorflow/tfjs-node-gpu@4.22.0'],
    summary: 'TensorFlow on an NVIDIA GPU, with CUDA 11.2 and cuDNN 8.1 (Linux)',
    load: async () => (await import('./tfjs-node.js')).loadTfjsNode('tfjs-node-gpu'),
  },
  {
    name: 'webgpu',
    kind: 'gpu',
    packages: WEBGPU_PACKAGES,
    summary: 'tfjs on any GPU with a Vulkan driver (Metal on macOS), without CUDA',
    // In a CPU slot of a sweep: tfjs-node-gpu obeys this variable, Vulkan does not.
    notByAuto: () => hidesGpus(process.env.CUDA_VISIBLE_DEVICES),
    load: async (named = false) => (await import('./webgpu/load.js')).loadWebgpu({ software: named }),
  },
  {
    name: 'tfjs-node',
    kind: 'cpu',
    packages: ['@tensorflow/tfjs-node@4.22.0'],
    summary: 'TensorFlow on the CPU, with all its cores',
    load: async () => (await import('./tfjs-node.js')).loadTfjsNode('tfjs-node'),
  },
  {
    name: 'wasm',
    kind: 'cpu',
    packages: TFJS_PACKAGES,
    summary: 'WebAssembly on the CPU, with SIMD and one thread',
    load: async () => (await import('./wasm/load.js')).loadWasm(),
  },
];

import { TFJS_PACKAGES } from '../packages.js';
import type { Backend } from './tf.js';
import { hidesGpus, WEBGPU_PACKAGES } from './webgpu/adapters.js';

/** One way to compute with tfjs. */
export type BackendEntry = {
  readonly name: Backend['name'];
  /** `gpu`: what device=gpu accepts and device=cpu passes over. */
  readonly kind: 'gpu' | 'cpu';
  /** As npm installs them: name@version. The first one tells by its absence that the backend is not installed. */
  readonly packages: readonly string[];
  readonly summary: string;
  /**
   * Loads the packages and starts the backend; ready for use. One that only computes on the CPU says so in `onCpu`.
   * @throws HpoError trainer.missing-package where it is not installed (passed over in silence); anything else is
   *   taken as broken, and told. Both carry a fix.
   * @param named whether device names this very backend, rather than auto, cpu or gpu.
   */
  readonly load: (named?: boolean) => Promise<Backend>;
  /** Whether auto passes over it here, in silence and without loading anything. */
  readonly notByAuto?: () => boolean;
};

/** The best first. To add a backend: one file, one entry, its name in the type of Backend. */
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
    // In a CPU slot of a sweep: tfjs-node-gpu heeds that by itself, Vulkan does not.
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

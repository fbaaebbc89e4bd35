import type { Backend } from './tf.js';

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
   */
  readonly load: () => Promise<Backend>;
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
    name: 'tfjs-node',
    kind: 'cpu',
    packages: ['@tensorflow/tfjs-node@4.22.0'],
    summary: 'TensorFlow on the CPU, with all its cores',
    load: async () => (await import('./tfjs-node.js')).loadTfjsNode('tfjs-node'),
  },
  {
    name: 'wasm',
    kind: 'cpu',
    packages: ['core', 'layers', 'backend-wasm'].map((part) => `@tensorflow/tfjs-${part}@4.22.0`),
    summary: 'WebAssembly on the CPU, with SIMD and one thread; installed with hpo',
    load: async () => (await import('./wasm/load.js')).loadWasm(),
  },
];

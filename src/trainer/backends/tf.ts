import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';

/** The tfjs API, whichever package provides it. Types only: tfjs is optional, so its code is loaded when a run starts. */
export type Tf = typeof import('@tensorflow/tfjs-core');

export type Backend = {
  readonly tf: Tf;
  readonly name: 'tfjs-node-gpu' | 'tfjs-node' | 'wasm';
  /** Of a GPU backend that works, but computes on the CPU: why. */
  readonly onCpu?: string;
};

export type KernelArgs = Parameters<KernelFunc>[0];

/** Puts a kernel of ours where a backend has none or a slow one; `make` is given the kernel that was there. */
export function replaceKernel(
  tf: Tf,
  kernelName: string,
  backendName: string,
  make: (original: KernelFunc | undefined) => KernelFunc,
): void {
  // Its type denies it, but getKernel has no kernel to give for most names.
  const found: KernelConfig | undefined = tf.getKernel(kernelName, backendName);
  const original: KernelFunc | undefined = found?.kernelFunc;
  if (found !== undefined) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ kernelName, backendName, kernelFunc: make(original) });
}

import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';

/** The tfjs API, from any of its packages. Types only: tfjs is optional, so its code is loaded when a run starts. */
export type Tf = typeof import('@tensorflow/tfjs-core');

export type Backend = {
  readonly tf: Tf;
  readonly name: 'tfjs-node-gpu' | 'webgpu' | 'tfjs-node' | 'wasm';
  /** For a GPU backend that works but computes on the CPU: why. */
  readonly onCpu?: string;
  /** A line for people: which device computes, and what is uncertain about it. */
  readonly note?: string;
  /**
   * For an asynchronous device, called after each step: waits while too many steps are pending, and throws errors of the
   * device.
   */
  keepUp?(): Promise<void>;
  /** Frees the device, so that the process can end; nothing can be computed after that. */
  close?(): void;
};

export type KernelArgs = Parameters<KernelFunc>[0];

/** Replaces a kernel that a backend lacks or has only slow; `make` receives the kernel that was there. */
export function replaceKernel(
  tf: Tf,
  kernelName: string,
  backendName: string,
  make: (original: KernelFunc | undefined) => KernelFunc,
): void {
  // The types say otherwise, but getKernel returns undefined for most names.
  const found: KernelConfig | undefined = tf.getKernel(kernelName, backendName);
  const original: KernelFunc | undefined = found?.kernelFunc;
  if (found !== undefined) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ kernelName, backendName, kernelFunc: make(original) });
}

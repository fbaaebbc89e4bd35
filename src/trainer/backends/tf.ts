import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';

/** The tfjs API, whichever package provides it. Types only: tfjs is optional, so its code is loaded when a run starts. */
export type Tf = typeof import('@tensorflow/tfjs-core');

export type Backend = {
  readonly tf: Tf;
  readonly name: 'tfjs-node-gpu' | 'webgpu' | 'tfjs-node' | 'wasm';
  /** Of a GPU backend that works, but computes on the CPU: why. */
  readonly onCpu?: string;
  /** A line for people: which device it is, and what is not certain about it. */
  readonly note?: string;
  /**
   * For a device that works behind our back, called after each step: waits while too many steps are outstanding, and throws
   * what went wrong on the device.
   */
  keepUp?(): Promise<void>;
  /** Frees the device, so that the process can end; nothing can be computed afterwards. */
  close?(): void;
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

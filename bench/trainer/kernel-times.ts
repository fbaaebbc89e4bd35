import type { Tf } from '../../src/trainer/backends/tf.js';

/** The groups that the kernels of a step are summed into, beside PyTorch's. */
export const GROUPS = [
  'convolutions, forward',
  'convolutions, backward',
  'max-pooling',
  'dense layers',
  'all else',
] as const;

const GROUP_OF: Readonly<Record<string, (typeof GROUPS)[number]>> = {
  Conv2D: 'convolutions, forward',
  Conv2DBackpropFilter: 'convolutions, backward',
  Conv2DBackpropInput: 'convolutions, backward',
  MaxPool: 'max-pooling',
  MaxPoolGrad: 'max-pooling',
  BatchMatMul: 'dense layers',
};

export type KernelTime = {
  readonly kernel: string;
  /** Shapes of its inputs. */
  readonly inputs: string;
  readonly group: (typeof GROUPS)[number];
  calls: number;
  /** Without the kernels that it calls itself. */
  ms: number;
};

/** Wraps every kernel of a backend that computes synchronously; returns the times, which add up. */
export function timeKernels(tf: Tf, backendName: string): Map<string, KernelTime> {
  const times = new Map<string, KernelTime>();
  const within: number[] = [];
  for (const config of tf.getKernelsForBackend(backendName)) {
    tf.unregisterKernel(config.kernelName, backendName);
    tf.registerKernel({
      ...config,
      kernelFunc: (args) => {
        within.push(0);
        const start = performance.now();
        const result = config.kernelFunc(args);
        const took = performance.now() - start;
        const own = took - within.pop()!;
        if (within.length > 0) within[within.length - 1] = within.at(-1)! + took;
        add(config.kernelName, args.inputs, own);
        return result;
      },
    });
  }
  return times;

  function add(kernel: string, given: Record<string, { shape: number[] } | undefined>, ms: number) {
    const inputs = Object.values(given)
      .flatMap((tensor) => tensor?.shape.join('x') || [])
      .join(', ');
    const entry = times.get(`${kernel} ${inputs}`) ?? {
      kernel,
      inputs,
      group: GROUP_OF[kernel] ?? 'all else',
      calls: 0,
      ms: 0,
    };
    entry.calls += 1;
    entry.ms += ms;
    times.set(`${kernel} ${inputs}`, entry);
  }
}

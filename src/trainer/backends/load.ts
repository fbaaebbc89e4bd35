import { createRequire } from 'node:module';
import type { RunConfig } from '../../config/run-config.js';
import { usageError } from '../../core/errors.js';
import { isMissing } from './missing.js';
import type { Backend, Tf } from './tf.js';
import { loadWasm } from './wasm/load.js';

/**
 * The fastest tfjs backend that is installed and that the device allows: `@tensorflow/tfjs-node-gpu`, then
 * `@tensorflow/tfjs-node`, then WebAssembly. `cpu` skips the first, `gpu` accepts nothing else.
 * @throws HpoError trainer.no-gpu (a usage error) when a GPU is demanded and its package is missing or broken;
 *   trainer.missing-package when not even WebAssembly is there.
 */
export async function loadBackend(device: RunConfig['device']): Promise<Backend> {
  if (device !== 'cpu') {
    const gpu = await loadNative('tfjs-node-gpu');
    if ('backend' in gpu) return gpu.backend;
    if (device === 'gpu') {
      throw usageError('trainer.no-gpu', `device is gpu, but @tensorflow/tfjs-node-gpu ${gpu.reason}`, {
        fix: 'npm install @tensorflow/tfjs-node-gpu@4.22.0, or set device=auto or device=cpu',
        cause: gpu.cause,
      });
    }
  }
  const native = await loadNative('tfjs-node');
  return 'backend' in native ? native.backend : loadWasm();
}

type Unavailable = { readonly reason: string; readonly cause: unknown };

/** These packages are optional peers: absent on most machines, and broken where libtensorflow was not downloaded. */
async function loadNative(name: 'tfjs-node-gpu' | 'tfjs-node'): Promise<{ backend: Backend } | Unavailable> {
  try {
    const tf = createRequire(import.meta.url)(`@tensorflow/${name}`) as Tf;
    await tf.ready();
    return { backend: { tf, name } };
  } catch (cause) {
    return { reason: isMissing(cause) ? 'is not installed' : `does not load: ${String(cause)}`, cause };
  }
}

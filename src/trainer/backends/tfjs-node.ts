import { createRequire } from 'node:module';
import { HpoError } from '../../core/errors.js';
import { isModuleMissing } from '../../core/missing-module.js';
import { startAndMultiply, withLimit } from './proof.js';
import { reasonOf } from './reason.js';
import type { Backend, Tf } from './tf.js';

type Name = 'tfjs-node-gpu' | 'tfjs-node';

const VERSION = '4.22.0';
const READY_LIMIT_MS = 30_000;

/**
 * Loads TensorFlow's C library through `@tensorflow/tfjs-node` or `-gpu`: optional peers, absent on most machines and
 * broken on some. One small product tests it, because a package can load and fail at its first operation (4.22 does so
 * on Node 23 and later).
 * @param readyLimitMs time limit for tfjs to start and to compute the product, once the package is loaded.
 * @param require resolves the package.
 * @throws HpoError trainer.missing-package when it is not installed; trainer.broken-backend when it does not load, is
 *   not ready in time or cannot compute.
 */
export async function loadTfjsNode(
  name: Name,
  readyLimitMs = READY_LIMIT_MS,
  require = createRequire(import.meta.url),
): Promise<Backend> {
  const manifest = findManifest(name, require);
  try {
    const tf = require(`@tensorflow/${name}`) as Tf;
    await withLimit(startAndMultiply(tf), readyLimitMs);
    return { tf, name, ...(name === 'tfjs-node-gpu' && !usesGpu(tf) && { onCpu: NO_GPU }) };
  } catch (cause) {
    forgetKernels(manifest);
    const reason = reasonOf(cause);
    throw new HpoError('trainer.broken-backend', `@tensorflow/${name} is installed but broken: ${reason}`, {
      fix: fixOf(name, reason),
      cause,
    });
  }
}

/** Checked separately: a package that exists but lacks one of its files fails with the same code. */
function findManifest(name: Name, require: NodeJS.Require): string {
  try {
    return require.resolve(`@tensorflow/${name}/package.json`);
  } catch (cause) {
    if (!isModuleMissing(cause)) throw cause;
    throw new HpoError('trainer.missing-package', `@tensorflow/${name} is not installed`, {
      fix: `npm install @tensorflow/${name}@${VERSION}`,
      cause,
    });
  }
}

const NO_GPU =
  'TensorFlow finds no GPU (no driver, no CUDA 11.2 or cuDNN 8.1, or CUDA_VISIBLE_DEVICES hides it) and computes on the CPU';

/** TensorFlow loads CUDA at run time and continues without it. Only its backend knows, in a property of its own. */
function usesGpu(tf: Tf): boolean {
  return (tf.backend() as { readonly isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
}

/** Removes the kernels of a package that failed halfway: the next one would warn of each that it registers again. */
function forgetKernels(manifest: string): void {
  try {
    const tf = createRequire(manifest)('@tensorflow/tfjs-core') as Tf;
    for (const { kernelName } of tf.getKernelsForBackend('tensorflow'))
      tf.unregisterKernel(kernelName, 'tensorflow');
  } catch {
    // Without tfjs-core there are no kernels.
  }
}

function fixOf(name: Name, reason: string): string {
  if (/isNullOrUndefined/.test(reason))
    return `use Node 22 or earlier with tfjs-node ${VERSION}, or set device=cpu`;
  if (/cannot open shared object file|image not found/.test(reason))
    return `install the library that the message names, or run: npm rebuild @tensorflow/${name}`;
  return `npm rebuild @tensorflow/${name} (its install script downloads libtensorflow), or npm uninstall it`;
}

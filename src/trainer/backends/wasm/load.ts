import { createRequire } from 'node:module';
import path from 'node:path';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { HpoError } from '../../../core/errors.js';
import { isModuleMissing } from '../../../core/missing-module.js';
import { TFJS_PACKAGES } from '../../packages.js';
import type { Backend, Tf } from '../tf.js';
import { installConvolutions } from './convolutions.js';
import { guardHeap } from './heap.js';
import { installMatrices } from './matrices.js';
import { installMaxPoolGradient } from './max-pool-gradient.js';
import { loadNative, type Native } from './native.js';

type Wasm = typeof import('@tensorflow/tfjs-backend-wasm');

const require = createRequire(import.meta.url);
let loaded: Promise<Backend> | undefined;

/**
 * Loads tfjs on WebAssembly (SIMD, one thread), with the kernels that training needs. Once per process: kernels are
 * registered globally.
 * @throws HpoError trainer.missing-package when tfjs is not installed, trainer.no-backend when it does not start.
 */
export function loadWasm(): Promise<Backend> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Backend> {
  const { tf, wasm } = requirePackages();
  // Its worker threads do not start under Node.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  wasm.setWasmPaths(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + path.sep);
  if (!(await tf.setBackend('wasm'))) {
    throw new HpoError('trainer.no-backend', 'the WebAssembly backend of tfjs did not start', {
      fix: `reinstall it: npm install ${TFJS_PACKAGES.join(' ')}`,
    });
  }
  const backend = tf.backend() as BackendWasm;
  guardHeap(backend);
  installKernels(tf, loadNative(backend));
  return { tf, name: 'wasm' };
}

/** Replaces the backend's kernels with all of this project's. */
export function installKernels(tf: Tf, native: Native): void {
  installConvolutions(tf, native);
  installMatrices(tf, native);
  installMaxPoolGradient(tf, native);
}

/** Uses require, because `import` first scans these large CommonJS files for exports: 0.5 s instead of 0.1. */
function requirePackages() {
  try {
    const tf = require('@tensorflow/tfjs-core') as Tf;
    // Only for its effect: the Node build of tfjs-core has no gradients, and this package registers them.
    require('@tensorflow/tfjs-layers');
    return { tf, wasm: require('@tensorflow/tfjs-backend-wasm') as Wasm };
  } catch (error) {
    if (!isModuleMissing(error)) throw error;
    throw new HpoError('trainer.missing-package', 'the built-in trainer needs tfjs, which is not installed', {
      fix: `npm install ${TFJS_PACKAGES.join(' ')}`,
      cause: error,
    });
  }
}

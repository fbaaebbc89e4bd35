import { createRequire } from 'node:module';
import path from 'node:path';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { replaceKernel, type Tf } from '../../src/trainer/backends/tf.js';

const require = createRequire(import.meta.url);

/**
 * Returns plain tfjs wasm with the one kernel that training needs: the filter gradient, as the obvious forward
 * convolution in which images take the role of channels.
 */
export async function loadPlainTfjs(): Promise<Tf> {
  const tf = require('@tensorflow/tfjs-core') as Tf;
  require('@tensorflow/tfjs-layers');
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  wasm.setWasmPaths(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + path.sep);
  await tf.setBackend('wasm');
  replaceKernel(
    tf,
    tf.Conv2DBackpropFilter,
    'wasm',
    () =>
      ({ inputs }) =>
        tf.tidy(() => {
          const images = tf.transpose(inputs.x as Tensor4D, [3, 1, 2, 0]);
          const filter = tf.transpose(inputs.dy as Tensor4D, [1, 2, 0, 3]);
          // The model's windows: 3x3 with a padding of 1.
          const gradient = tf.conv2d(images, filter as Tensor4D, 1, [
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ]);
          return tf.transpose(gradient, [1, 2, 0, 3]);
        }),
  );
  return tf;
}

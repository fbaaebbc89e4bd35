import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { replaceKernel, type Tf } from '../tf.js';
import type { Native } from './native.js';

/**
 * Installs the gradient of max-pooling on the wasm backend, whose own kernel searches a window again for each of its cells.
 *
 * Each window's gradient goes to its first largest cell, as in TensorFlow and PyTorch; later equal cells get none.
 */
export function installMaxPoolGradient(tf: Tf, { kernels, address }: Native): void {
  const { computePool2DInfo } = tf.backend_util;
  type Info = Parameters<typeof computePool2DInfo>;
  replaceKernel(tf, tf.MaxPoolGrad, 'wasm', () => ({ inputs, attrs, backend }) => {
    const x = inputs.input as Tensor4D;
    const info = computePool2DInfo(
      x.shape,
      attrs?.filterSize as Info[1],
      attrs?.strides as Info[2],
      1,
      attrs?.pad as Info[4],
      attrs?.dimRoundingMode as Info[5],
    );
    kernels.describeImages(info.batchSize, info.inHeight, info.inWidth, info.inChannels);
    kernels.describeOutputs(info.outHeight, info.outWidth, info.outChannels);
    const { top, left } = info.padInfo;
    kernels.describeFilter(
      info.filterHeight,
      info.filterWidth,
      info.strideHeight,
      info.strideWidth,
      top,
      left,
    );
    const dx = (backend as BackendWasm).makeOutput(x.shape, 'float32');
    kernels.maxPoolGradient(address(x), address(inputs.dy!), address(dx));
    return dx;
  });
}

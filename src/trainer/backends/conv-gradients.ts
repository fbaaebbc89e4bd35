import type { KernelFunc, Tensor4D } from '@tensorflow/tfjs-core';
import { type KernelArgs, replaceKernel, type Tf } from './tf.js';

type Shape4 = [number, number, number, number];

/**
 * Gradients of conv2d, built from forward convolutions, which the wasm backend computes with SIMD.
 *
 * It has no filter gradient at all, and its input gradient is a scalar loop some ten times slower than a forward pass.
 * Both identities are the usual ones: see Dumoulin and Visin, "A guide to convolution arithmetic for deep learning".
 */
export function installConvGradients(tf: Tf, backendName: string): void {
  replaceKernel(tf, tf.Conv2DBackpropFilter, backendName, () => (args) => filterGradient(tf, args));
  replaceKernel(tf, tf.Conv2DBackpropInput, backendName, (original) => inputGradient(tf, original));
}

/**
 * dW[i, j, ci, co] is the sum over n, y, x of X[n, y * stride + i, x * stride + j, ci] dY[n, y, x, co]: a convolution
 * of X with dY as its (dilated) filter, in which the images of the batch play the part of channels.
 */
function filterGradient(tf: Tf, { inputs, attrs }: KernelArgs): Tensor4D {
  const x = inputs.x as Tensor4D;
  const dy = inputs.dy as Tensor4D;
  const shape = attrs?.filterShape as Shape4;
  const { padInfo, strideHeight, strideWidth } = convInfo(tf, x.shape, shape, attrs);
  return tf.tidy(() => {
    const images = tf.transpose(x, [3, 1, 2, 0]);
    const filter = tf.transpose(dy, [1, 2, 0, 3]);
    const pad = explicitPad(padInfo.top, padInfo.bottom, padInfo.left, padInfo.right);
    const all = tf.conv2d(images, filter, 1, pad, 'NHWC', [strideHeight, strideWidth]);
    // With a stride, the last rows and columns of X may lie under no filter: they make offsets that do not exist.
    const rows = tf.slice(all, [0, 0, 0, 0], [shape[2], shape[0], shape[1], shape[3]]);
    return tf.transpose(rows, [1, 2, 0, 3]);
  });
}

/** dX is dY, padded to the full size, convolved with the filter turned by 180 degrees and its channels exchanged. */
function inputGradient(tf: Tf, original: KernelFunc | undefined): KernelFunc {
  return (args) => {
    const dy = args.inputs.dy as Tensor4D;
    const filter = args.inputs.filter as Tensor4D;
    const info = convInfo(tf, args.attrs?.inputShape as Shape4, filter.shape, args.attrs);
    const { padInfo, filterHeight, filterWidth } = info;
    if (info.strideHeight !== 1 || info.strideWidth !== 1) {
      if (!original) throw new Error('a conv2d input gradient with a stride has no kernel here');
      return original(args);
    }
    return tf.tidy(() => {
      const turned = tf.transpose<Tensor4D>(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
      const pad = explicitPad(
        filterHeight - 1 - padInfo.top,
        filterHeight - 1 - padInfo.bottom,
        filterWidth - 1 - padInfo.left,
        filterWidth - 1 - padInfo.right,
      );
      return tf.conv2d(dy, turned, 1, pad);
    });
  };
}

function explicitPad(top: number, bottom: number, left: number, right: number) {
  const none: [number, number] = [0, 0];
  const pad: Parameters<Tf['conv2d']>[3] = [none, [top, bottom], [left, right], none];
  return pad;
}

function convInfo(tf: Tf, inputShape: Shape4, filterShape: Shape4, attrs: KernelArgs['attrs']) {
  const { computeConv2DInfo } = tf.backend_util;
  type Pad = Parameters<typeof computeConv2DInfo>[4];
  const strides = attrs?.strides as number | [number, number];
  return computeConv2DInfo(inputShape, filterShape, strides, 1, attrs?.pad as Pad);
}

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { type KernelArgs, replaceKernel, type Tf } from '../tf.js';
import type { Native } from './native.js';

type Shape4 = [number, number, number, number];

/**
 * Installs conv2d and its two gradients on the wasm backend. The backend has no gradient for the filter, one in scalar
 * loops for the images, and a forward pass without multiply-and-add instructions.
 *
 * The gradients visit only the nonzero cells of the incoming gradient. After a max-pooling and a ReLU that is one of
 * eight, so they take a fraction of the time of a forward pass.
 */
export function installConvolutions(tf: Tf, native: Native): void {
  const { kernels, address, scratch } = native;
  replaceKernel(tf, tf.Conv2D, 'wasm', (original) => (args) => {
    const x = args.inputs.x as Tensor4D;
    const filter = args.inputs.filter as Tensor4D;
    const { dataFormat, dilations } = args.attrs as { dataFormat: string; dilations: number | number[] };
    const dilated = [dilations].flat().some((dilation) => dilation !== 1);
    if (original && (dilated || dataFormat !== 'NHWC' || x.dtype !== 'float32')) return original(args);
    const outShape = describe(tf, native, x.shape, filter.shape, args.attrs);
    const y = (args.backend as BackendWasm).makeOutput(outShape, 'float32');
    const memory = scratch(kernels.convolveScratchBytes());
    kernels.convolve(address(x), address(filter), address(y), memory);
    return y;
  });
  replaceKernel(tf, tf.Conv2DBackpropFilter, 'wasm', () => (args) => {
    const x = args.inputs.x as Tensor4D;
    const dy = args.inputs.dy as Tensor4D;
    const filterShape = args.attrs?.filterShape as Shape4;
    describe(tf, native, x.shape, filterShape, args.attrs);
    const dw = (args.backend as BackendWasm).makeOutput(filterShape, 'float32');
    const memory = scratch(kernels.gradientScratchBytes());
    kernels.filterGradient(address(x), address(dy), address(dw), memory);
    return dw;
  });
  replaceKernel(tf, tf.Conv2DBackpropInput, 'wasm', () => (args) => {
    const dy = args.inputs.dy as Tensor4D;
    const filter = args.inputs.filter as Tensor4D;
    const inputShape = args.attrs?.inputShape as Shape4;
    describe(tf, native, inputShape, filter.shape, args.attrs);
    const dx = (args.backend as BackendWasm).makeOutput(inputShape, 'float32');
    const memory = scratch(kernels.gradientScratchBytes());
    kernels.inputGradient(address(dy), address(filter), address(dx), memory);
    return dx;
  });
}

/** Passes the shapes of the next call to the kernels, and returns the shape of the convolution's output. */
function describe(
  tf: Tf,
  { kernels }: Native,
  inputShape: Shape4,
  filterShape: Shape4,
  attrs: KernelArgs['attrs'],
): Shape4 {
  const { computeConv2DInfo } = tf.backend_util;
  type Info = Parameters<typeof computeConv2DInfo>;
  const strides = attrs?.strides as Info[2];
  const rounding = attrs?.dimRoundingMode as Info[5];
  if (attrs?.dataFormat !== 'NHWC') throw new Error(`no kernel for the data format ${attrs?.dataFormat}`);
  const info = computeConv2DInfo(inputShape, filterShape, strides, 1, attrs?.pad as Info[4], rounding);
  kernels.describeImages(info.batchSize, info.inHeight, info.inWidth, info.inChannels);
  kernels.describeOutputs(info.outHeight, info.outWidth, info.outChannels);
  const { top, left } = info.padInfo;
  kernels.describeFilter(info.filterHeight, info.filterWidth, info.strideHeight, info.strideWidth, top, left);
  return info.outShape;
}

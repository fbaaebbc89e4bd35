import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { KernelFunc, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { type KernelArgs, replaceKernel, type Tf } from '../tf.js';
import { filterGradient } from './filter-gradient.js';
import { maxPoolGradient } from './max-pool-gradient.js';
import { sumRows } from './sum-rows.js';

type Shape4 = [number, number, number, number];

const installed = new WeakSet<Tf>();

/** Replaces kernels that are slow on a GPU or whose results vary. Once per process: the registry is global. */
export function installKernels(tf: Tf): void {
  if (installed.has(tf)) return;
  installed.add(tf);
  const replace = (name: string, make: (original: KernelFunc) => KernelFunc) =>
    replaceKernel(tf, name, 'webgpu', (original) => {
      if (!original) throw new Error(`the webgpu backend has no kernel ${name}`);
      return make(original);
    });
  replace(tf.Conv2DBackpropFilter, (original) => convFilterGradient(tf, original));
  replace(tf.Conv2DBackpropInput, (original) => convInputGradient(tf, original));
  replace(tf.MaxPoolGrad, (original) => maxPool(tf, original));
  replace(tf.Sum, (original) => sum(tf, original));
  replace(tf.BatchMatMul, (original) => matMul(tf, original));
  // A convolution of few images uses a product that may add in any order (see matMul).
  tf.env().set('WEBGPU_THRESHOLD_TO_INCREASE_WORKGROUPS_FOR_MATMUL', 0);
  // Number of programs submitted together, by default 15: a step has 100 to 200, and each submission costs CPU time.
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', 50);
}

/** tfjs runs one thread for each element of the filter over the whole batch: 288 threads for 32 filters. */
function convFilterGradient(tf: Tf, original: KernelFunc): KernelFunc {
  return (args) => {
    const x = args.inputs.x as Tensor4D;
    const info = convInfo(tf, x.shape, args.attrs?.filterShape as Shape4, args);
    if (args.attrs?.dataFormat === 'NCHW') return original(args);
    return filterGradient(args.backend as WebGPUBackend, x, args.inputs.dy!, info);
  };
}

/**
 * dX is dY, padded to the full size, convolved with the filter rotated by 180 degrees and its channels swapped (Dumoulin
 * and Visin, "A guide to convolution arithmetic for deep learning"): tfjs' forward convolution works on tiles, its
 * input gradient does not.
 */
function convInputGradient(tf: Tf, original: KernelFunc): KernelFunc {
  return (args) => {
    const dy = args.inputs.dy as Tensor4D;
    const filter = args.inputs.filter as Tensor4D;
    const info = convInfo(tf, args.attrs?.inputShape as Shape4, filter.shape, args);
    const { padInfo, filterHeight, filterWidth } = info;
    if (info.strideHeight !== 1 || info.strideWidth !== 1 || args.attrs?.dataFormat === 'NCHW')
      return original(args);
    const vertical: [number, number] = [filterHeight - 1 - padInfo.top, filterHeight - 1 - padInfo.bottom];
    const horizontal: [number, number] = [filterWidth - 1 - padInfo.left, filterWidth - 1 - padInfo.right];
    if (Math.min(...vertical, ...horizontal) < 0) return original(args);
    return tf.tidy(() => {
      const turned = tf.transpose<Tensor4D>(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
      return tf.conv2d(dy, turned, 1, [[0, 0], vertical, horizontal, [0, 0]]);
    });
  };
}

function maxPool(tf: Tf, original: KernelFunc): KernelFunc {
  const { computePool2DInfo } = tf.backend_util;
  type Args = Parameters<typeof computePool2DInfo>;
  return (args) => {
    const { inputs, attrs } = args;
    const x = inputs.input as Tensor4D;
    const [filterSize, strides] = [attrs?.filterSize as Args[1], attrs?.strides as Args[2]];
    const info = computePool2DInfo(x.shape, filterSize, strides, 1, attrs?.pad as Args[4]);
    const { top, bottom, left, right } = info.padInfo;
    const apart = info.strideHeight >= info.filterHeight && info.strideWidth >= info.filterWidth;
    if (top + bottom + left + right > 0 || !apart) return original(args);
    return maxPoolGradient(args.backend as WebGPUBackend, x, inputs.dy!, info);
  };
}

/** Returns sums over leading axes (the gradients of biases); tfjs transposes first and gives each sum to one workgroup. */
function sum(tf: Tf, original: KernelFunc): KernelFunc {
  return (args) => {
    const x = args.inputs.x as Tensor;
    const { axis, keepDims } = args.attrs as { axis: number | number[]; keepDims: boolean };
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const leading = [...axes].sort((a, b) => a - b).every((value, place) => value === place);
    if (x.dtype !== 'float32' || !leading || axes.length === 0 || axes.length === x.rank || x.size === 0) {
      return original(args);
    }
    const rows = tf.util.sizeFromShape(x.shape.slice(0, axes.length));
    const kept = x.shape.slice(axes.length);
    const sums = sumRows(args.backend as WebGPUBackend, x, rows, x.size / rows);
    return { ...sums, shape: keepDims ? [...axes.map(() => 1), ...kept] : kept };
  };
}

/** From this length on, tfjs cuts a long product into parts. */
const SPLIT_FROM = 2000;
const SMALL_TILES = 2;

/**
 * Computes long products with a small result. tfjs cuts these into parts and adds them in the order in which they end, so
 * two runs with one seed would differ. Smaller tiles keep as many threads busy.
 */
function matMul(tf: Tf, original: KernelFunc): KernelFunc {
  const flag = 'WEBGPU_MATMUL_PROGRAM_TYPE';
  return (args) => {
    const a = args.inputs.a as Tensor;
    const b = args.inputs.b as Tensor;
    const { transposeA, transposeB } = args.attrs as { transposeA: boolean; transposeB: boolean };
    const inner = a.shape.at(transposeA ? -2 : -1)!;
    const outer = a.shape.at(transposeA ? -1 : -2)! * b.shape.at(transposeB ? -2 : -1)!;
    // Results of up to 128 numbers have their own program, and large ones have enough workgroups.
    if (inner < SPLIT_FROM || outer <= 128 || outer > 32 * 1024) return original(args);
    tf.env().set(flag, SMALL_TILES);
    try {
      return original(args);
    } finally {
      tf.env().set(flag, -1);
    }
  };
}

function convInfo(tf: Tf, inputShape: Shape4, filterShape: Shape4, { attrs }: KernelArgs) {
  const { computeConv2DInfo, convertConv2DDataFormat } = tf.backend_util;
  type Args = Parameters<typeof computeConv2DInfo>;
  const format = convertConv2DDataFormat((attrs?.dataFormat ?? 'NHWC') as 'NHWC' | 'NCHW');
  return computeConv2DInfo(
    inputShape,
    filterShape,
    attrs?.strides as Args[2],
    1,
    attrs?.pad as Args[4],
    attrs?.dimRoundingMode as Args[5],
    false,
    format,
  );
}

import type { KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import { replaceKernel, type Tf } from './tf.js';

/**
 * Two kernels of the wasm backend that have one fast case and one slow one, led to the fast one:
 * a product with a transposed factor (the gradients of dense layers) and a sum over leading axes (those of biases).
 */
export function installMatrixKernels(tf: Tf, backendName: string): void {
  replaceKernel(tf, tf.BatchMatMul, backendName, (original) => transposeFirst(tf, original));
  replaceKernel(tf, tf.Sum, backendName, (original) => sumByProduct(tf, original));
}

/** The plain product runs on SIMD, the one with a transposed factor on a naive loop. */
function transposeFirst(tf: Tf, original: KernelFunc | undefined): KernelFunc {
  const plain = existing(original, tf.BatchMatMul);
  return (args) => {
    const { transposeA, transposeB } = args.attrs as { transposeA: boolean; transposeB: boolean };
    if (!transposeA && !transposeB) return plain(args);
    const a = args.inputs.a as Tensor;
    const b = args.inputs.b as Tensor;
    return tf.tidy(() => tf.matMul(transposeA ? swapLastTwo(tf, a) : a, transposeB ? swapLastTwo(tf, b) : b));
  };
}

function swapLastTwo(tf: Tf, x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

/** The sum of the rows of a matrix is a row of ones times the matrix. */
function sumByProduct(tf: Tf, original: KernelFunc | undefined): KernelFunc {
  const plain = existing(original, tf.Sum);
  return (args) => {
    const x = args.inputs.x as Tensor;
    const { axis, keepDims } = args.attrs as { axis: number | number[]; keepDims: boolean };
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const leading = [...axes].sort((a, b) => a - b).every((value, place) => value === place);
    if (x.dtype !== 'float32' || !leading || axes.length === 0 || axes.length === x.rank || x.size === 0) {
      return plain(args);
    }
    const kept = x.shape.slice(axes.length);
    const rows = tf.util.sizeFromShape(x.shape.slice(0, axes.length));
    return tf.tidy(() => {
      const sums = tf.matMul(tf.ones([1, rows]), tf.reshape(x, [rows, x.size / rows]));
      return tf.reshape(sums, keepDims ? [...axes.map(() => 1), ...kept] : kept);
    });
  };
}

function existing(kernel: KernelFunc | undefined, name: string): KernelFunc {
  if (!kernel) throw new Error(`the backend has no kernel ${name}`);
  return kernel;
}

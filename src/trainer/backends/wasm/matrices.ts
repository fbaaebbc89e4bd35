import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import { type KernelArgs, replaceKernel, type Tf } from '../tf.js';
import type { Native } from './native.js';

const FLOAT_BYTES = 4;

/**
 * Installs what dense layers and biases need on the wasm backend: products with either factor transposed, which its own
 * kernel computes in scalar loops; sums over leading axes; and an identity that copies nothing.
 */
export function installMatrices(tf: Tf, native: Native): void {
  replaceKernel(tf, tf.BatchMatMul, 'wasm', (original) => product(native, original));
  replaceKernel(tf, tf.Sum, 'wasm', (original) => sumOfLeadingAxes(tf, native, original));
  replaceKernel(tf, tf.Identity, 'wasm', () => ({ inputs, backend }) => {
    const { dataId, shape, dtype } = inputs.x!;
    (backend as BackendWasm).incRef(dataId);
    return { dataId, shape, dtype };
  });
}

/** Returns a kernel for two matrices; the backend computes batches of them. */
function product({ kernels, address, scratch }: Native, original: KernelFunc | undefined): KernelFunc {
  const batched = existing(original, 'BatchMatMul');
  return (args) => {
    const { transposeA, transposeB } = args.attrs as { transposeA: boolean; transposeB: boolean };
    const a = matrixShape(args.inputs.a as Tensor);
    const b = matrixShape(args.inputs.b as Tensor);
    if (!a || !b) return batched(args);
    const [rows, inner] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
    const [bInner, columns] = transposeB ? [b.columns, b.rows] : [b.rows, b.columns];
    // This kernel would read past the end of one; the backend's own reports the error.
    if (inner !== bInner) return batched(args);
    const leading = a.rank > b.rank ? a.rank - 2 : b.rank - 2;
    const shape = [...Array<number>(leading).fill(1), rows, columns];
    const c = (args.backend as BackendWasm).makeOutput(shape, 'float32');
    const memory = scratch(kernels.MAT_MUL_SCRATCH_BYTES.value);
    const [aRowStep, aInnerStep] = steps(a.columns, transposeA);
    const [bInnerStep, bColumnStep] = steps(b.columns, transposeB);
    kernels.matMul(
      address(args.inputs.a!),
      aRowStep,
      aInnerStep,
      address(args.inputs.b!),
      bInnerStep,
      bColumnStep,
      address(c),
      rows,
      inner,
      columns,
      memory,
    );
    return c;
  };
}

/** Returns rows and columns of a tensor that is one matrix of floats, with any leading axes of size 1; else null. */
function matrixShape({ shape, dtype }: Tensor) {
  const [rows, columns] = shape.slice(-2);
  const single = shape.slice(0, -2).every((size) => size === 1);
  if (rows === undefined || columns === undefined || !single || dtype !== 'float32') return undefined;
  return { rank: shape.length, rows, columns };
}

/** Returns the bytes from one row to the next and from one value to the next in it, for a matrix or its transpose. */
function steps(columns: number, transposed: boolean): [number, number] {
  return transposed ? [FLOAT_BYTES, columns * FLOAT_BYTES] : [columns * FLOAT_BYTES, FLOAT_BYTES];
}

function sumOfLeadingAxes(
  tf: Tf,
  { kernels, address }: Native,
  original: KernelFunc | undefined,
): KernelFunc {
  const plain = existing(original, tf.Sum);
  return (args: KernelArgs) => {
    const x = args.inputs.x as Tensor;
    const { axis, keepDims } = args.attrs as { axis: number | number[]; keepDims: boolean };
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const leading = [...axes].sort((a, b) => a - b).every((value, place) => value === place);
    if (x.dtype !== 'float32' || !leading || axes.length === x.shape.length) return plain(args);
    const kept = x.shape.slice(axes.length);
    const sums = (args.backend as BackendWasm).makeOutput(
      keepDims ? [...axes.map(() => 1), ...kept] : kept,
      'float32',
    );
    const rows = tf.util.sizeFromShape(x.shape.slice(0, axes.length));
    kernels.sumOfRows(address(x), rows, tf.util.sizeFromShape(kept), address(sums));
    return sums;
  };
}

function existing(kernel: KernelFunc | undefined, name: string): KernelFunc {
  if (!kernel) throw new Error(`the backend has no kernel ${name}`);
  return kernel;
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { HpoError } from '../../../core/errors.js';
import { packageFile } from '../../../core/package-file.js';
import { moduleOf } from './heap.js';

/** The exports of src/trainer/kernels. Numbers named after what they point to are addresses in the heap of tfjs. */
export type NativeKernels = {
  describeImages(batch: number, height: number, width: number, channels: number): void;
  describeOutputs(height: number, width: number, channels: number): void;
  describeFilter(
    height: number,
    width: number,
    strideHeight: number,
    strideWidth: number,
    padTop: number,
    padLeft: number,
  ): void;
  convolveScratchBytes(): number;
  convolve(x: number, w: number, y: number, scratch: number): void;
  gradientScratchBytes(): number;
  filterGradient(x: number, dy: number, dw: number, scratch: number): void;
  inputGradient(dy: number, w: number, dx: number, scratch: number): void;
  maxPoolGradient(x: number, dy: number, dx: number): void;
  readonly MAT_MUL_SCRATCH_BYTES: { readonly value: number };
  matMul(
    a: number,
    aRowStep: number,
    aInnerStep: number,
    b: number,
    bInnerStep: number,
    bColumnStep: number,
    c: number,
    rows: number,
    inner: number,
    columns: number,
    scratch: number,
  ): void;
  sumOfRows(x: number, rows: number, columns: number, out: number): void;
};

/** The kernels, running in the memory of a tfjs backend. */
export type Native = {
  readonly kernels: NativeKernels;
  /** Whether multiply-and-add is one instruction: relaxed SIMD. */
  readonly relaxed: boolean;
  /** Returns the address of a tensor's values, valid until the tensor is disposed of: a growing heap moves nothing. */
  address(tensor: TensorInfo): number;
  /** Returns the address of this many bytes, valid until the next call. */
  scratch(bytes: number): number;
};

/** The parts of Node's WebAssembly that its types omit: they come with a browser's. */
type Engine = {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: Record<string, object>) => { readonly exports: object };
};
const { validate, Module, Instance } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;

const KERNELS = packageFile('dist/trainer/kernels/');

/**
 * Returns the kernels, instantiated over the memory of tfjs's own module.
 * @param options.relaxed whether relaxed SIMD may be used; by default it is, where the engine has it.
 * @throws HpoError trainer.no-kernels when the build did not write them or tfjs hides its memory.
 */
export function loadNative(backend: BackendWasm, options = { relaxed: true }): Native {
  const { _malloc: allocate, _free: free, asm } = moduleOf(backend);
  const { bytes, relaxed } = readKernels(options.relaxed);
  const instance = new Instance(new Module(bytes), { env: { memory: asm.memory } });
  let buffer = { address: 0, bytes: 0 };
  return {
    kernels: instance.exports as NativeKernels,
    relaxed,
    address: ({ dataId }) => backend.getMemoryOffset(dataId),
    scratch(bytes) {
      if (bytes > buffer.bytes) {
        if (buffer.address !== 0) free(buffer.address);
        // Before the allocation, which may throw: freed memory must not be returned again.
        buffer = { address: 0, bytes: 0 };
        buffer = { address: allocate(bytes), bytes };
      }
      return buffer.address;
    },
  };
}

/** Reads the kernels with relaxed SIMD where the engine has it: in Node 22 always, on Node 20 by a flag that can be set at run time. */
function readKernels(mayRelax: boolean) {
  if (!mayRelax) return { bytes: read('simd.wasm'), relaxed: false };
  const bytes = read('relaxed.wasm');
  // Only where needed: an engine that no longer knows the flag warns about it.
  if (!validate(bytes)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return validate(bytes) ? { bytes, relaxed: true } : { bytes: read('simd.wasm'), relaxed: false };
}

function read(name: string): Uint8Array {
  try {
    return readFileSync(new URL(name, KERNELS));
  } catch (cause) {
    const message = `expected the trainer's kernels in ${fileURLToPath(KERNELS)}${name}`;
    throw new HpoError('trainer.no-kernels', message, { fix: 'run npm run build, or reinstall hpo', cause });
  }
}

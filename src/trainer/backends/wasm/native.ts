import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { HpoError } from '../../../core/errors.js';
import { moduleOf } from './heap.js';

/** What src/trainer/kernels exports; numbers named by what they point to are addresses in the heap of tfjs. */
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

/** Our kernels, running in the memory of a tfjs backend. */
export type Native = {
  readonly kernels: NativeKernels;
  /** Whether multiply-and-add is one instruction: relaxed SIMD. */
  readonly relaxed: boolean;
  /** The address of a tensor's values, good until the tensor is disposed of: a heap that grows moves nothing. */
  address(tensor: TensorInfo): number;
  /** The address of so many bytes that last until the next call. */
  scratch(bytes: number): number;
};

/** What Node has of WebAssembly and its types leave out: those come with a browser's. */
type Engine = {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: Record<string, object>) => { readonly exports: object };
};
const { validate, Module, Instance } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;

// From src as from dist: the kernels are built into dist alone.
const KERNELS = new URL('../../../../dist/trainer/kernels/', import.meta.url);

/**
 * Instantiates our kernels over the memory of tfjs's own module.
 * @param options.relaxed whether relaxed SIMD may be used: by default where the engine has it.
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
        // Before the allocation, which may throw: what is freed must not be handed out again.
        buffer = { address: 0, bytes: 0 };
        buffer = { address: allocate(bytes), bytes };
      }
      return buffer.address;
    },
  };
}

/** Relaxed SIMD where the engine has it: from Node 22 by itself, on Node 20 by a flag that it takes while running. */
function readKernels(mayRelax: boolean) {
  if (!mayRelax) return { bytes: read('simd.wasm'), relaxed: false };
  const bytes = read('relaxed.wasm');
  // Only where it is needed: an engine that has forgotten the flag complains of it.
  if (!validate(bytes)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return validate(bytes) ? { bytes, relaxed: true } : { bytes: read('simd.wasm'), relaxed: false };
}

function read(name: string): Uint8Array {
  try {
    return readFileSync(new URL(name, KERNELS));
  } catch (cause) {
    const message = `expected the kernels of the trainer in ${fileURLToPath(KERNELS)}${name}`;
    throw new HpoError('trainer.no-kernels', message, { fix: 'npm run build, or install hpo again', cause });
  }
}

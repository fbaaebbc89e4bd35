import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { HpoError } from '../../../core/errors.js';

/** The parts of tfjs's own module that are used here and that its types omit. */
export type EmscriptenModule = {
  _malloc(bytes: number): number;
  _free(address: number): void;
  readonly asm: { readonly memory: { readonly buffer: ArrayBuffer } };
};

/** From this size on, the allocator takes a size for a negative number and returns an address without enough memory. */
const LIMIT_BYTES = 2 ** 31;

export function moduleOf(backend: BackendWasm): EmscriptenModule {
  return backend.wasm as unknown as EmscriptenModule;
}

/**
 * Makes an allocation without enough memory throw HpoError trainer.out-of-memory. tfjs does not check: it would continue
 * with address 0, or with one where the memory ends too soon, and overwrite other data.
 */
export function guardHeap(backend: BackendWasm): void {
  const module = moduleOf(backend);
  // The first call of each replaces the function itself.
  module._free(module._malloc(1));
  const allocate = module._malloc;
  module._malloc = (bytes) => {
    const address = bytes < LIMIT_BYTES ? allocate(bytes) : 0;
    // Addresses above 2 GiB come as negative numbers. The allocator counts past 4 GiB silently.
    const fits = (address >>> 0) + bytes <= module.asm.memory.buffer.byteLength;
    if ((address !== 0 && fits) || bytes === 0) return address;
    throw new HpoError(
      'trainer.out-of-memory',
      `expected ${Math.ceil(bytes / 2 ** 20)} MiB more memory, but WebAssembly is limited to 4 GiB`,
      { fix: 'use a smaller batch_size or a smaller model, or npm install @tensorflow/tfjs-node@4.22.0' },
    );
  };
}

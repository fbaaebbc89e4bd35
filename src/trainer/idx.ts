import { HpoError } from '../core/errors.js';

const UNSIGNED_BYTE = 0x08;
const GZIP = 0x1f8b;

/** Returns the size in bytes of the header of an IDX file with this many dimensions. */
export function idxHeaderSize(rank: number): number {
  return 4 + 4 * rank;
}

/**
 * Checks the header of a file in the IDX format of the MNIST files (Y. LeCun, "The MNIST database"): two zero bytes, the
 * type of element, the number of dimensions, each dimension as a big-endian 32-bit integer; then the elements in C
 * order and nothing after them.
 * @param head the start of the file, with at least its header if it is long enough.
 * @param size size of the whole file in bytes.
 * @param dims the expected dimensions.
 * @param more the file and the fix for the error.
 * @throws HpoError trainer.bad-data when anything differs.
 */
export function checkIdx(
  head: Uint8Array,
  size: number,
  dims: readonly number[],
  more: { readonly file: string; readonly fix: string },
): void {
  const bad = (expected: string, came: string) =>
    new HpoError('trainer.bad-data', `expected ${expected}, got ${came}`, {
      place: { file: more.file },
      fix: more.fix,
    });
  const headerSize = idxHeaderSize(dims.length);
  if (size < headerSize || head.byteLength < headerSize) {
    throw bad(`an IDX header of ${headerSize} bytes`, `a file of ${size} bytes`);
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const magic = view.getUint32(0);
  const expectedMagic = (UNSIGNED_BYTE << 8) | dims.length;
  if (magic !== expectedMagic) throw bad(`the magic number ${magicText(expectedMagic)}`, magicText(magic));
  const found = dims.map((_, i) => view.getUint32(4 + 4 * i));
  if (found.join() !== dims.join()) {
    throw bad(`${dims.join(' x ')} elements`, found.join(' x '));
  }
  const expectedSize = headerSize + dims.reduce((product, dim) => product * dim, 1);
  if (size !== expectedSize) {
    throw bad(`${expectedSize} bytes for ${dims.join(' x ')} elements`, `${size} bytes`);
  }
}

/** Returns the magic number with the kind of file it belongs to, so that swapped files are recognized. */
function magicText(magic: number): string {
  const hex = `0x${magic.toString(16).padStart(8, '0')}`;
  if (magic >>> 16 === GZIP) return `${hex} (a gzip file: its name must end in .gz)`;
  if (magic === ((UNSIGNED_BYTE << 8) | 3)) return `${hex} (images)`;
  if (magic === ((UNSIGNED_BYTE << 8) | 1)) return `${hex} (labels)`;
  return hex;
}

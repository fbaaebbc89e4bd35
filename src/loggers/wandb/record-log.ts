import { crc32 } from 'node:zlib';

export const BLOCK = 32 * 1024;
export const HEAD = 7;
export const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4] as const;

/** The seven bytes at the start of a .wandb file: `:W&B`, a magic number, version 0. */
export const FILE_HEAD = Uint8Array.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0]);

/**
 * Encodes records as W&B's offline files have them: the log format of LevelDB (blocks of 32 KiB; each piece has a checksum, a
 * length and a kind), after seven bytes that identify the file and count as part of the first block. The checksum is a plain
 * CRC-32 of kind and data, not LevelDB's masked CRC-32C.
 */
export class RecordLog {
  #position = FILE_HEAD.length;

  start(): Uint8Array {
    return FILE_HEAD;
  }

  /** Returns the bytes of a record at the current position of the file. */
  record(data: Uint8Array): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let from = 0, isFirst = true; ; isFirst = false) {
      let room = BLOCK - (this.#position % BLOCK);
      if (room < HEAD) {
        // A piece needs room for its head: the rest of the block stays empty.
        parts.push(new Uint8Array(room));
        this.#position += room;
        room = BLOCK;
      }
      const length = Math.min(room - HEAD, data.length - from);
      const isLast = from + length === data.length;
      const kind = isFirst ? (isLast ? FULL : FIRST) : isLast ? LAST : MIDDLE;
      parts.push(piece(kind, data.subarray(from, from + length)));
      this.#position += HEAD + length;
      from += length;
      if (isLast) return Buffer.concat(parts);
    }
  }
}

function piece(kind: number, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(HEAD + data.length);
  bytes.writeUInt16LE(data.length, 4);
  bytes.writeUInt8(kind, 6);
  bytes.set(data, HEAD);
  bytes.writeUInt32LE(crc32(bytes.subarray(6)), 0);
  return bytes;
}

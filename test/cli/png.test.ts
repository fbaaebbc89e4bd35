import { crc32, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodePng } from '../../src/cli/png.js';

/** The chunks of a PNG file, by name; their sums are compared. */
function chunksIn(png: Buffer): ReadonlyMap<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const content = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(content));
    chunks.set(content.toString('latin1', 0, 4), content.subarray(4));
    at += 12 + length;
  }
  return chunks;
}

test('a picture as PNG has its size and, row by row, its pixels', () => {
  const bytes = Uint8Array.from({ length: 5 * 4 * 3 }, (_, k) => (k * 37) % 256);
  const png = encodePng({ width: 5, height: 4, bytes });
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = chunksIn(png);
  expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
  expect([...(chunks.get('IHDR') ?? [])]).toEqual([0, 0, 0, 5, 0, 0, 0, 4, 8, 2, 0, 0, 0]);
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const before = new Uint8Array(15);
  for (let row = 0; row < 4; row++) {
    const [filter, ...differences] = rows.subarray(row * 16, row * 16 + 16);
    expect(filter).toBe(2);
    for (const [k, difference] of differences.entries()) before[k] = (before[k] as number) + difference;
    expect([...before]).toEqual([...bytes.subarray(row * 15, row * 15 + 15)]);
  }
});

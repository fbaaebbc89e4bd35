// Makes PNG files of screens small: at most 256 colors, each pixel one byte.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** Returns a PNG with a palette, as Chromium's 8-bit RGB or RGBA files become it. */
export function toSmallPng(png) {
  const { width, height, pixels } = decode(png);
  const { palette, indices } = quantize(pixels);
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    // Filter 0: neighbors in a palette have nothing to do with one another.
    lines.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    png.subarray(0, 8),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function decode(png) {
  let [width, height, bytes] = [0, 0, 0];
  const parts = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      bytes = data[9] === 6 ? 4 : 3;
    } else if (type === 'IDAT') parts.push(data);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * bytes;
  let before = new Uint8Array(stride);
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    const line = raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1));
    for (let x = 0; x < stride; x++)
      line[x] += predict(filter, line[x - bytes] ?? 0, before[x], before[x - bytes] ?? 0);
    for (let x = 0; x < width; x++) pixels.set(line.subarray(x * bytes, x * bytes + 3), (y * width + x) * 3);
    before = line;
  }
  return { width, height, pixels };
}

/** What a filter of PNG adds, from the pixels at the left, above, and above at the left. */
function predict(filter, left, above, corner) {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  if (filter !== 4) return 0;
  const base = left + above - corner;
  const [a, b, c] = [Math.abs(base - left), Math.abs(base - above), Math.abs(base - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/** Returns the 256 commonest colors, those that are nearly the same counted once, and the nearest of them for each pixel. */
function quantize(pixels) {
  const counts = new Map();
  for (let k = 0; k < pixels.length; k += 3) {
    const color = (pixels[k] << 16) | (pixels[k + 1] << 8) | pixels[k + 2];
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const palette = [];
  for (const [color] of [...counts].sort((a, b) => b[1] - a[1])) {
    const parts = [(color >> 16) & 255, (color >> 8) & 255, color & 255];
    if (palette.length < 256 && palette.every((each) => distance(each, parts) > 160)) palette.push(parts);
  }
  const nearest = new Map();
  for (const color of counts.keys()) {
    const parts = [(color >> 16) & 255, (color >> 8) & 255, color & 255];
    let best = 0;
    for (let k = 1; k < palette.length; k++)
      if (distance(palette[k], parts) < distance(palette[best], parts)) best = k;
    nearest.set(color, best);
  }
  const indices = new Uint8Array(pixels.length / 3);
  for (let k = 0; k < indices.length; k++) {
    const at = k * 3;
    indices[k] = nearest.get((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
  }
  return { palette, indices };
}

function distance([r, g, b], [x, y, z]) {
  return (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

import { crc32, deflateSync } from 'node:zlib';
import type { Figure } from '../plots/figure.js';
import type { Picture } from '../plots/raster/canvas.js';

/** Returns a figure as a PNG file. */
export async function pngOf(figure: Figure): Promise<Buffer> {
  const [{ renderSvg }, { renderPicture }] = await Promise.all([
    import('../plots/svg/svg.js'),
    import('../plots/raster/render.js'),
  ]);
  return encodePng(renderPicture(renderSvg(figure)));
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Eight bits for each of red, green and blue. */
const TRUE_COLOR = [8, 2, 0, 0, 0];
/** Each byte is the difference to the one above, which is mostly 0. */
const UP = 2;

/** Returns a picture as a PNG file. */
export function encodePng({ width, height, bytes }: Picture): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(TRUE_COLOR, 8);
  const length = width * 3;
  const rows = Buffer.alloc((length + 1) * height);
  for (let row = 0; row < height; row++) {
    const at = row * (length + 1);
    rows[at] = UP;
    for (let k = 0; k < length; k++) {
      const here = row * length + k;
      rows[at + 1 + k] = (bytes[here] as number) - (row === 0 ? 0 : (bytes[here - length] as number));
    }
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const content = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, sum]);
}

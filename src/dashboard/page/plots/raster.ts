import type { Pen, Size } from './stage.js';
import type { Rgb } from './theme.js';

/** Pixels of a part of a layer, filled by numbers: some hundred thousand points take milliseconds. */
export class Raster {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
  readonly #sheet: Sheet;

  /** The size is in CSS pixels. */
  constructor({ ratio }: Pick<Size, 'ratio'>, { width, height }: Pick<Area, 'width' | 'height'>) {
    this.ratio = ratio;
    this.width = Math.max(1, Math.ceil(width * ratio));
    this.height = Math.max(1, Math.ceil(height * ratio));
    this.#sheet = sheetOf(this.width, this.height);
  }

  get pixels(): Uint8ClampedArray {
    return this.#sheet.image.data;
  }

  /** Pixels as numbers: opacity, blue, green, red, from the highest byte. */
  get words(): Uint32Array {
    return new Uint32Array(this.#sheet.image.data.buffer);
  }

  /** Lays a disc over what is there; x, y and the radius in pixels of the raster. */
  stamp(x: number, y: number, disc: Disc, [r, g, b]: Rgb, opacity: number): void {
    const { pixels, width, height } = this;
    const { size, alpha } = disc;
    const half = (size - 1) / 2;
    const [left, top] = [Math.round(x - half), Math.round(y - half)];
    for (let dy = 0; dy < size; dy++) {
      const row = top + dy;
      if (row < 0 || row >= height) continue;
      for (let dx = 0; dx < size; dx++) {
        const column = left + dx;
        const cover = (alpha[dy * size + dx] as number) * opacity;
        if (cover === 0 || column < 0 || column >= width) continue;
        blend(pixels, (row * width + column) * 4, r, g, b, cover);
      }
    }
  }

  /** Puts the pixels over what the layer shows; cells of a density keep their edges. */
  paint(pen: Pen, { left, top }: Area): void {
    // putImageData would erase what lies below, so that the pixels go through a canvas of their own.
    const { canvas, image } = this.#sheet;
    canvas.getContext('2d')?.putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(canvas, left, top, this.width / this.ratio, this.height / this.ratio);
  }
}

export type Area = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/** Lays a color over a pixel that may be transparent. */
export function blend(
  pixels: Uint8ClampedArray,
  at: number,
  r: number,
  g: number,
  b: number,
  cover: number,
): void {
  const below = (pixels[at + 3] as number) / 255;
  const alpha = cover + below * (1 - cover);
  const share = cover / alpha;
  pixels[at] = r * share + (pixels[at] as number) * (1 - share);
  pixels[at + 1] = g * share + (pixels[at + 1] as number) * (1 - share);
  pixels[at + 2] = b * share + (pixels[at + 2] as number) * (1 - share);
  pixels[at + 3] = alpha * 255;
}

const MAX_SIZES = 24;
type Sheet = { readonly image: ImageData; readonly canvas: HTMLCanvasElement };
const sheets = new Map<string, Sheet>();

/**
 * Returns a transparent image, and a canvas of its size to paint it with. Each one is painted before the next is made, so that
 * plots of one size share them.
 */
export function sheetOf(width: number, height: number): Sheet {
  const key = `${width} ${height}`;
  const known = sheets.get(key);
  if (known) {
    known.image.data.fill(0);
    return known;
  }
  if (sheets.size >= MAX_SIZES) sheets.clear();
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const made = { image: new ImageData(width, height), canvas };
  sheets.set(key, made);
  return made;
}

/** How much of each pixel a disc covers. */
export type Disc = { readonly size: number; readonly alpha: Float32Array };

/** Returns a disc with a smooth edge; `hole` from 0 to 1 leaves a ring. */
export function discOf(radius: number, hole = 0): Disc {
  const size = Math.ceil(radius * 2) | 1;
  const alpha = new Float32Array(size * size);
  const center = (size - 1) / 2;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const distance = Math.hypot(x - center, y - center);
      const outer = Math.min(1, Math.max(0, radius + 0.5 - distance));
      const inner = hole === 0 ? 0 : Math.min(1, Math.max(0, radius * hole + 0.5 - distance));
      alpha[y * size + x] = Math.max(0, outer - inner);
    }
  return { size, alpha };
}

/** Returns for counts from 0 to 255 how opaque a cell is: by the logarithm, so that single trials stay visible. */
export function opacities(most: number, lowest = 0.25): Float32Array {
  const table = new Float32Array(256);
  const top = Math.log1p(Math.min(255, most));
  for (let k = 1; k < 256; k++) table[k] = Math.min(1, lowest + (1 - lowest) * (Math.log1p(k) / (top || 1)));
  return table;
}

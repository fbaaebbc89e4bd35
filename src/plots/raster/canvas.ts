/** A picture: rows of pixels from the top, three bytes each. */
export type Picture = { readonly width: number; readonly height: number; readonly bytes: Uint8Array };

export type Color = readonly [red: number, green: number, blue: number];
/** A rectangle in pixels. */
export type Area = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};
type Points = readonly (readonly [x: number, y: number])[];

/** How many times a row of pixels is looked at where an area is filled. */
const PARTS = 4;

/**
 * Draws lines and areas with smooth edges. Both are first gathered in a mask of how much of each pixel they cover, and then
 * painted at once, so that what lies on itself is not darker there.
 */
export class Canvas {
  readonly picture: Picture;
  readonly #mask: Float32Array;
  readonly #all: Area;
  #touched: Area;

  constructor(width: number, height: number) {
    this.picture = { width, height, bytes: new Uint8Array(width * height * 3) };
    this.#mask = new Float32Array(width * height);
    this.#all = { left: 0, top: 0, right: width, bottom: height };
    this.#touched = nothing();
  }

  /** Adds a line with round ends, of one point too. */
  line(through: Points, width: number): void {
    const reach = width / 2 + 0.5;
    for (let k = 0; k < Math.max(1, through.length - 1); k++) {
      const [from, to = from] = [through[k], through[k + 1]];
      if (from && to) this.#segment(from, to, reach);
    }
  }

  #segment([x, y]: readonly [number, number], [toX, toY]: readonly [number, number], reach: number): void {
    const [dx, dy] = [toX - x, toY - y];
    const squared = dx * dx + dy * dy;
    const { width } = this.picture;
    const box = this.#touch(
      Math.min(x, toX) - reach,
      Math.min(y, toY) - reach,
      Math.max(x, toX) + reach,
      Math.max(y, toY) + reach,
    );
    for (let row = box.top; row < box.bottom; row++) {
      const center = row + 0.5;
      // Only the part of the line that is near this row.
      const [a, b] =
        Math.abs(dy) < 1e-9 ? [0, 1] : [part((center - reach - y) / dy), part((center + reach - y) / dy)];
      const first = Math.max(box.left, Math.floor(Math.min(x + a * dx, x + b * dx) - reach));
      const end = Math.min(box.right, Math.ceil(Math.max(x + a * dx, x + b * dx) + reach));
      for (let column = first; column < end; column++) {
        const [px, py] = [column + 0.5 - x, center - y];
        const along = squared === 0 ? 0 : part((px * dx + py * dy) / squared);
        const cover = reach - Math.hypot(px - along * dx, py - along * dy);
        const at = row * width + column;
        if (cover > (this.#mask[at] as number)) this.#mask[at] = Math.min(1, cover);
      }
    }
  }

  /** Adds what lies inside of closed lines. */
  area(outlines: readonly Points[]): void {
    const edges = outlines.flatMap((points) =>
      points.map((from, k) => ({ from, to: points[(k + 1) % points.length] ?? from })),
    );
    const xs = outlines.flatMap((points) => points.map(([x]) => x));
    const ys = outlines.flatMap((points) => points.map(([, y]) => y));
    if (xs.length === 0) return;
    const box = this.#touch(least(xs), least(ys), most(xs), most(ys));
    for (let row = box.top; row < box.bottom; row++)
      for (let k = 0; k < PARTS; k++) this.#fillRow(row, row + (k + 0.5) / PARTS, edges);
  }

  #fillRow(
    row: number,
    y: number,
    edges: readonly { readonly from: readonly [number, number]; readonly to: readonly [number, number] }[],
  ): void {
    const crossings: { readonly x: number; readonly turn: number }[] = [];
    for (const { from, to } of edges)
      if (from[1] <= y !== to[1] <= y) {
        const x = from[0] + ((y - from[1]) / (to[1] - from[1])) * (to[0] - from[0]);
        crossings.push({ x, turn: from[1] < to[1] ? 1 : -1 });
      }
    crossings.sort((a, b) => a.x - b.x);
    let inside = 0;
    for (const [k, { x, turn }] of crossings.entries()) {
      inside += turn;
      const next = crossings[k + 1];
      if (inside !== 0 && next) this.#cover(row, x, next.x);
    }
  }

  /** A part of a row of pixels, exact at both ends. */
  #cover(row: number, from: number, to: number): void {
    const { left, right } = this.#all;
    const start = row * this.picture.width;
    for (let at = Math.max(left, Math.floor(from)); at < Math.min(right, Math.ceil(to)); at++) {
      const covered = (Math.min(to, at + 1) - Math.max(from, at)) / PARTS;
      this.#mask[start + at] = Math.min(1, (this.#mask[start + at] as number) + covered);
    }
  }

  /** Paints what was added, inside of an area, and forgets it. */
  paint([red, green, blue]: Color, opacity: number, clip: Area = this.#all): void {
    const { width, bytes } = this.picture;
    const { left, top, right, bottom } = this.#touched;
    for (let row = top; row < bottom; row++)
      for (let column = left; column < right; column++) {
        const at = row * width + column;
        const cover = (this.#mask[at] as number) * opacity;
        if (cover === 0) continue;
        this.#mask[at] = 0;
        if (column < clip.left || column >= clip.right || row < clip.top || row >= clip.bottom) continue;
        for (const [k, value] of [red, green, blue].entries()) {
          const before = bytes[at * 3 + k] as number;
          bytes[at * 3 + k] = Math.round(before + cover * (value - before));
        }
      }
    this.#touched = nothing();
  }

  /** Notes that these pixels are drawn on, and returns those of them that there are. */
  #touch(left: number, top: number, right: number, bottom: number): Area {
    const box = {
      left: Math.max(0, Math.floor(left)),
      top: Math.max(0, Math.floor(top)),
      right: Math.min(this.#all.right, Math.ceil(right)),
      bottom: Math.min(this.#all.bottom, Math.ceil(bottom)),
    };
    const before = this.#touched;
    this.#touched = {
      left: Math.min(before.left, box.left),
      top: Math.min(before.top, box.top),
      right: Math.max(before.right, box.right),
      bottom: Math.max(before.bottom, box.bottom),
    };
    return box;
  }
}

function nothing(): Area {
  const far = Number.POSITIVE_INFINITY;
  return { left: far, top: far, right: 0, bottom: 0 };
}

const part = (value: number) => Math.min(1, Math.max(0, value));
const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));

import {
  addTile,
  PANEL_ROW_BYTES,
  packPanel,
  storeTileRow,
  TILE_BYTES,
  TILE_COLUMNS,
  TILE_ROWS,
} from './tile';

/** Rows of the right factor at once: a panel of them (8 KiB) stays in the L1 cache. */
const BLOCK: i32 = 256;

export const MAT_MUL_SCRATCH_BYTES: usize = TILE_BYTES + <usize>BLOCK * PANEL_ROW_BYTES;

/**
 * Computes c [rows, columns] = a [rows, inner] times b [inner, columns]. A factor may be transposed: the next row of a is
 * `aRowStep` bytes away and the next value in it `aInnerStep` bytes; the same for b.
 */
export function matMul(
  a: usize,
  aRowStep: usize,
  aInnerStep: usize,
  b: usize,
  bInnerStep: usize,
  bColumnStep: usize,
  c: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  scratch: usize,
): void {
  const sums = scratch;
  const panel = scratch + TILE_BYTES;
  const cRowBytes = (<usize>columns) << 2;
  if (inner === 0) memory.fill(c, 0, <usize>rows * cRowBytes);
  for (let k = 0; k < inner; k += BLOCK) {
    const count = min(BLOCK, inner - k);
    for (let column = 0; column < columns; column += TILE_COLUMNS) {
      packPanel(b + <usize>k * bInnerStep, bInnerStep, bColumnStep, count, column, columns, panel);
      const width = min(TILE_COLUMNS, columns - column);
      for (let row = 0; row < rows; row += TILE_ROWS) {
        const last = min(TILE_ROWS, rows - row) - 1;
        const first = a + <usize>row * aRowStep + <usize>k * aInnerStep;
        memory.fill(sums, 0, TILE_BYTES);
        // Rows past the last repeat the last one, and their sums are dropped.
        addTile(
          first,
          first + <usize>min(1, last) * aRowStep,
          first + <usize>min(2, last) * aRowStep,
          first + <usize>min(3, last) * aRowStep,
          first + <usize>min(4, last) * aRowStep,
          first + <usize>min(5, last) * aRowStep,
          aInnerStep,
          count,
          panel,
          sums,
        );
        for (let i = 0; i <= last; i++) {
          const to = c + <usize>(row + i) * cRowBytes + ((<usize>column) << 2);
          storeTileRow(sums, i, to, width, k > 0);
        }
      }
    }
  }
}

/** Computes out [columns] = the sums over the rows of x [rows, columns]. */
export function sumOfRows(x: usize, rows: i32, columns: i32, out: usize): void {
  const rowBytes = (<usize>columns) << 2;
  let k = 0;
  for (; k + 16 <= columns; k += 16) {
    let at = x + ((<usize>k) << 2);
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      a = f32x4.add(a, v128.load(at, 0));
      b = f32x4.add(b, v128.load(at, 16));
      c = f32x4.add(c, v128.load(at, 32));
      d = f32x4.add(d, v128.load(at, 48));
      at += rowBytes;
    }
    const to = out + ((<usize>k) << 2);
    v128.store(to, a, 0);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
  }
  for (; k + 4 <= columns; k += 4) {
    let at = x + ((<usize>k) << 2);
    let a = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      a = f32x4.add(a, v128.load(at));
      at += rowBytes;
    }
    v128.store(out + ((<usize>k) << 2), a);
  }
  for (; k < columns; k++) {
    let at = x + ((<usize>k) << 2);
    let a: f32 = 0;
    for (let row = 0; row < rows; row++) {
      a += load<f32>(at);
      at += rowBytes;
    }
    store<f32>(out + ((<usize>k) << 2), a);
  }
}

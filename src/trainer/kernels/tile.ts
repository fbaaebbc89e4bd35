import { madd } from './madd';

/** Columns of a tile: two vectors. A panel holds as many columns of the right factor, row by row, zero-padded. */
export const TILE_COLUMNS: i32 = 8;
/** Rows of a tile: its 12 sums, the panel's two vectors and the left factor's one fill the registers. */
export const TILE_ROWS: i32 = 6;
export const PANEL_ROW_BYTES: usize = 32;

/**
 * Adds to six rows of eight sums, [6][8] in the memory at `sums`, the products of six rows of the left factor with a panel
 * of the right one. Row i starts at address a_i and has `count` values, `step` bytes apart.
 */
export function addTile(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  a4: usize,
  a5: usize,
  step: usize,
  count: i32,
  panel: usize,
  sums: usize,
): void {
  let s00 = v128.load(sums, 0);
  let s01 = v128.load(sums, 16);
  let s10 = v128.load(sums, 32);
  let s11 = v128.load(sums, 48);
  let s20 = v128.load(sums, 64);
  let s21 = v128.load(sums, 80);
  let s30 = v128.load(sums, 96);
  let s31 = v128.load(sums, 112);
  let s40 = v128.load(sums, 128);
  let s41 = v128.load(sums, 144);
  let s50 = v128.load(sums, 160);
  let s51 = v128.load(sums, 176);
  const end = panel + <usize>count * PANEL_ROW_BYTES;
  for (; panel < end; panel += PANEL_ROW_BYTES) {
    const b0 = v128.load(panel, 0);
    const b1 = v128.load(panel, 16);
    let a = v128.load32_splat(a0);
    s00 = madd(a, b0, s00);
    s01 = madd(a, b1, s01);
    a = v128.load32_splat(a1);
    s10 = madd(a, b0, s10);
    s11 = madd(a, b1, s11);
    a = v128.load32_splat(a2);
    s20 = madd(a, b0, s20);
    s21 = madd(a, b1, s21);
    a = v128.load32_splat(a3);
    s30 = madd(a, b0, s30);
    s31 = madd(a, b1, s31);
    a = v128.load32_splat(a4);
    s40 = madd(a, b0, s40);
    s41 = madd(a, b1, s41);
    a = v128.load32_splat(a5);
    s50 = madd(a, b0, s50);
    s51 = madd(a, b1, s51);
    a0 += step;
    a1 += step;
    a2 += step;
    a3 += step;
    a4 += step;
    a5 += step;
  }
  v128.store(sums, s00, 0);
  v128.store(sums, s01, 16);
  v128.store(sums, s10, 32);
  v128.store(sums, s11, 48);
  v128.store(sums, s20, 64);
  v128.store(sums, s21, 80);
  v128.store(sums, s30, 96);
  v128.store(sums, s31, 112);
  v128.store(sums, s40, 128);
  v128.store(sums, s41, 144);
  v128.store(sums, s50, 160);
  v128.store(sums, s51, 176);
}
export const TILE_BYTES: usize = 192;

/** Copies columns [from, from + 8) of the right factor, `rows` of them, into a panel; columns beyond `columns` are zero. */
export function packPanel(
  b: usize,
  rowStep: usize,
  columnStep: usize,
  rows: i32,
  from: i32,
  columns: i32,
  panel: usize,
): void {
  const count = min(TILE_COLUMNS, columns - from);
  b += <usize>from * columnStep;
  if (count === TILE_COLUMNS && columnStep === 4) {
    for (let k = 0; k < rows; k++) {
      v128.store(panel, v128.load(b, 0), 0);
      v128.store(panel, v128.load(b, 16), 16);
      b += rowStep;
      panel += PANEL_ROW_BYTES;
    }
    return;
  }
  if (count < TILE_COLUMNS) memory.fill(panel, 0, <usize>rows * PANEL_ROW_BYTES);
  for (let j = 0; j < count; j++) {
    let at = b + <usize>j * columnStep;
    let to = panel + ((<usize>j) << 2);
    for (let k = 0; k < rows; k++) {
      store<f32>(to, load<f32>(at));
      at += rowStep;
      to += PANEL_ROW_BYTES;
    }
  }
}

/** Adds one row of a tile of sums to `count` floats at `to`, or overwrites them. */
export function storeTileRow(sums: usize, row: i32, to: usize, count: i32, add: bool): void {
  const from = sums + <usize>row * PANEL_ROW_BYTES;
  if (count === TILE_COLUMNS) {
    let first = v128.load(from, 0);
    let second = v128.load(from, 16);
    if (add) {
      first = f32x4.add(first, v128.load(to, 0));
      second = f32x4.add(second, v128.load(to, 16));
    }
    v128.store(to, first, 0);
    v128.store(to, second, 16);
    return;
  }
  for (let j = 0; j < count; j++) {
    const value = load<f32>(from + ((<usize>j) << 2));
    const at = to + ((<usize>j) << 2);
    store<f32>(at, add ? value + load<f32>(at) : value);
  }
}

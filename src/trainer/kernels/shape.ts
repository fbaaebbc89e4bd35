/** The convolution of the next calls; sizes in cells, not bytes. */
export let batch: i32 = 0;
export let height: i32 = 0;
export let width: i32 = 0;
export let inputs: i32 = 0;
export let outHeight: i32 = 0;
export let outWidth: i32 = 0;
export let outputs: i32 = 0;
export let filterHeight: i32 = 0;
export let filterWidth: i32 = 0;
export let strideHeight: i32 = 0;
export let strideWidth: i32 = 0;
export let padTop: i32 = 0;
export let padLeft: i32 = 0;
/** One image with its padding, so that every filter cell is above one of its cells. */
export let paddedHeight: i32 = 0;
export let paddedWidth: i32 = 0;

export function describeImages(images: i32, rows: i32, columns: i32, channels: i32): void {
  batch = images;
  height = rows;
  width = columns;
  inputs = channels;
}

export function describeOutputs(rows: i32, columns: i32, channels: i32): void {
  outHeight = rows;
  outWidth = columns;
  outputs = channels;
}

/** Call it last of the three: it computes the padded size. */
export function describeFilter(
  rows: i32,
  columns: i32,
  rowStride: i32,
  columnStride: i32,
  top: i32,
  left: i32,
): void {
  filterHeight = rows;
  filterWidth = columns;
  strideHeight = rowStride;
  strideWidth = columnStride;
  padTop = top;
  padLeft = left;
  paddedHeight = max((outHeight - 1) * rowStride + rows, top + height);
  paddedWidth = max((outWidth - 1) * columnStride + columns, left + width);
}

/** Returns the bytes of one image with its padding. */
export function paddedBytes(): usize {
  return (<usize>(paddedHeight * paddedWidth * inputs)) << 2;
}

/** Copies one image into the middle of a padded one, whose border must be zero. */
export function copyIn(image: usize, padded: usize): void {
  const rowBytes = (<usize>(width * inputs)) << 2;
  for (let y = 0; y < height; y++) {
    memory.copy(rowOfPadded(padded, y), image + <usize>y * rowBytes, rowBytes);
  }
}

/** Copies the middle out of a padded image. */
export function copyOut(padded: usize, image: usize): void {
  const rowBytes = (<usize>(width * inputs)) << 2;
  for (let y = 0; y < height; y++) {
    memory.copy(image + <usize>y * rowBytes, rowOfPadded(padded, y), rowBytes);
  }
}

function rowOfPadded(padded: usize, y: i32): usize {
  return padded + ((<usize>(((y + padTop) * paddedWidth + padLeft) * inputs)) << 2);
}

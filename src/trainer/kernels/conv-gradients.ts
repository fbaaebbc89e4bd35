import { addScaledRow, ENTRY_BYTES, sumScaledRows } from './rows';
import {
  batch,
  copyIn,
  copyOut,
  filterHeight,
  filterWidth,
  height,
  inputs,
  outHeight,
  outputs,
  outWidth,
  paddedBytes,
  paddedWidth,
  strideHeight,
  strideWidth,
  width,
} from './shape';

/** Returns the bytes of scratch memory that either gradient of the described convolution needs. */
export function gradientScratchBytes(): usize {
  return paddedBytes() + listsBytes() + countsBytes() + filterBytes();
}

function listsBytes(): usize {
  return <usize>(outHeight * outWidth * max(outputs, 1)) * ENTRY_BYTES;
}

function countsBytes(): usize {
  return (<usize>outputs) << 2;
}

function filterBytes(): usize {
  return (<usize>(filterHeight * filterWidth * inputs * outputs)) << 2;
}

/**
 * Computes the gradient of a filter, dw [filterHeight, filterWidth, inputs, outputs], from images x and the gradient dy of
 * the outputs: each nonzero cell of dy adds the patch of x under it, multiplied by dy, to its output's filter.
 */
export function filterGradient(x: usize, dy: usize, dw: usize, scratch: usize): void {
  if (inputs < 4) filterGradientOfFewInputs(x, dy, dw, scratch);
  else filterGradientOfManyInputs(x, dy, dw, scratch);
}

function filterGradientOfManyInputs(x: usize, dy: usize, dw: usize, scratch: usize): void {
  const padded = scratch;
  const lists = padded + paddedBytes();
  const counts = lists + listsBytes();
  const turned = counts + countsBytes();
  memory.fill(padded, 0, paddedBytes());
  memory.fill(turned, 0, filterBytes());
  const cells = filterHeight * filterWidth;
  for (let n = 0; n < batch; n++) {
    copyIn(x + imageBytes() * <usize>n, padded);
    listNonZero(dy + outputBytes() * <usize>n, padded, lists, counts);
    for (let output = 0; output < outputs; output++) {
      const list = listOf(lists, output);
      const count = load<i32>(counts + ((<usize>output) << 2));
      for (let cell = 0; cell < cells; cell++) {
        const to = turned + ((<usize>((output * cells + cell) * inputs)) << 2);
        sumScaledRows(to, inputs, list, count, cellShift(cell));
      }
    }
  }
  // [outputs][cells][inputs] to [cells][inputs][outputs].
  transpose(turned, dw, outputs, cells * inputs);
}

/** For fewer inputs than a vector has lanes, the vectors run over the outputs: rows of dy, multiplied by cells of x. */
function filterGradientOfFewInputs(x: usize, dy: usize, dw: usize, scratch: usize): void {
  const padded = scratch;
  const list = padded + paddedBytes();
  memory.fill(padded, 0, paddedBytes());
  memory.fill(dw, 0, filterBytes());
  const cells = filterHeight * filterWidth;
  const positions = outHeight * outWidth;
  for (let n = 0; n < batch; n++) {
    copyIn(x + imageBytes() * <usize>n, padded);
    const rows = dy + outputBytes() * <usize>n;
    for (let cell = 0; cell < cells; cell++) {
      for (let input = 0; input < inputs; input++) {
        listScales(padded + cellShift(cell) + ((<usize>input) << 2), rows, list);
        const to = dw + ((<usize>((cell * inputs + input) * outputs)) << 2);
        sumScaledRows(to, outputs, list, positions, 0);
      }
    }
  }
}

/**
 * Computes the gradient of the images, dx, from the gradient dy of the outputs and the filter w: each nonzero cell of dy
 * adds its output's filter, multiplied by dy, to the patch of dx under it.
 */
export function inputGradient(dy: usize, w: usize, dx: usize, scratch: usize): void {
  const padded = scratch;
  const lists = padded + paddedBytes();
  const counts = lists + listsBytes();
  const turned = counts + countsBytes();
  const cells = filterHeight * filterWidth;
  const rowLength = filterWidth * inputs;
  const rowBytes = (<usize>rowLength) << 2;
  const lineBytes = (<usize>(paddedWidth * inputs)) << 2;
  transpose(w, turned, cells * inputs, outputs);
  for (let n = 0; n < batch; n++) {
    memory.fill(padded, 0, paddedBytes());
    listNonZero(dy + outputBytes() * <usize>n, padded, lists, counts);
    for (let output = 0; output < outputs; output++) {
      const filter = turned + ((<usize>(output * cells * inputs)) << 2);
      let entry = listOf(lists, output);
      const end = entry + <usize>load<i32>(counts + ((<usize>output) << 2)) * ENTRY_BYTES;
      for (; entry < end; entry += ENTRY_BYTES) {
        let to = <usize>load<u32>(entry);
        let from = filter;
        const scale = load<f32>(entry, 4);
        for (let i = 0; i < filterHeight; i++) {
          addScaledRow(to, from, rowLength, scale);
          to += lineBytes;
          from += rowBytes;
        }
      }
    }
    copyOut(padded, dx + imageBytes() * <usize>n);
  }
}

/**
 * Lists, for each output, the nonzero cells of one image's dy: the address of the patch of the padded image, and the
 * value. After max-pooling and ReLU seven of eight are zero, so a list pays off.
 */
function listNonZero(dy: usize, padded: usize, lists: usize, counts: usize): void {
  memory.fill(counts, 0, countsBytes());
  const listBytes = listOf(0, 1);
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const patch = padded + ((<usize>((y * strideHeight * paddedWidth + x * strideWidth) * inputs)) << 2);
      let list = lists;
      for (let output = 0; output < outputs; output++) {
        const value = load<f32>(dy);
        const at = counts + ((<usize>output) << 2);
        const count = load<i32>(at);
        // Always written, and counted only if nonzero: a branch here would be mispredicted too often.
        const entry = list + <usize>count * ENTRY_BYTES;
        store<u32>(entry, <u32>patch);
        store<f32>(entry, value, 4);
        store<i32>(at, count + i32(value !== 0));
        dy += 4;
        list += listBytes;
      }
    }
  }
}

/** Lists every row of dy, with the value at the same position of the padded image. */
function listScales(cells: usize, rows: usize, list: usize): void {
  const rowBytes = (<usize>outputs) << 2;
  for (let y = 0; y < outHeight; y++) {
    let cell = cells + ((<usize>(y * strideHeight * paddedWidth * inputs)) << 2);
    for (let x = 0; x < outWidth; x++) {
      store<u32>(list, <u32>rows);
      store<f32>(list, load<f32>(cell), 4);
      list += ENTRY_BYTES;
      rows += rowBytes;
      cell += (<usize>(strideWidth * inputs)) << 2;
    }
  }
}

/** Transposes [rows][columns] to [columns][rows]. */
function transpose(from: usize, to: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = load<f32>(from + ((<usize>(row * columns + column)) << 2));
      store<f32>(to + ((<usize>(column * rows + row)) << 2), value);
    }
  }
}

function listOf(lists: usize, output: i32): usize {
  return lists + <usize>(output * outHeight * outWidth) * ENTRY_BYTES;
}

/** Returns the offset in bytes of this filter cell from the first cell of a patch. */
function cellShift(cell: i32): usize {
  const i = cell / filterWidth;
  return (<usize>((i * paddedWidth + (cell - i * filterWidth)) * inputs)) << 2;
}

function imageBytes(): usize {
  return (<usize>(height * width * inputs)) << 2;
}

function outputBytes(): usize {
  return (<usize>(outHeight * outWidth * outputs)) << 2;
}

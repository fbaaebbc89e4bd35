import {
  batch,
  copyIn,
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
import {
  addTile,
  PANEL_ROW_BYTES,
  packPanel,
  storeTileRow,
  TILE_BYTES,
  TILE_COLUMNS,
  TILE_ROWS,
} from './tile';

/** Returns the bytes of scratch memory that `convolve` needs for the described convolution. */
export function convolveScratchBytes(): usize {
  return paddedBytes() + TILE_BYTES + <usize>panels() * panelBytes();
}

function panels(): i32 {
  return (outputs + TILE_COLUMNS - 1) / TILE_COLUMNS;
}

function panelBytes(): usize {
  return <usize>(filterHeight * filterWidth * inputs) * PANEL_ROW_BYTES;
}

/**
 * Computes y = images x convolved with the filter w [filterHeight, filterWidth, inputs, outputs]: for each image the
 * product of its patches, in place in the padded image, and the filter.
 */
export function convolve(x: usize, w: usize, y: usize, scratch: usize): void {
  const padded = scratch;
  const sums = padded + paddedBytes();
  const filter = sums + TILE_BYTES;
  const rowLength = filterWidth * inputs;
  for (let panel = 0; panel < panels(); panel++) {
    const to = filter + <usize>panel * panelBytes();
    packPanel(w, (<usize>outputs) << 2, 4, filterHeight * rowLength, panel * TILE_COLUMNS, outputs, to);
  }
  memory.fill(padded, 0, paddedBytes());
  const imageBytes = (<usize>(height * width * inputs)) << 2;
  const positions = outHeight * outWidth;
  const outputBytes = (<usize>outputs) << 2;
  const rowBytes = <usize>rowLength * PANEL_ROW_BYTES;
  const lineBytes = (<usize>(paddedWidth * inputs)) << 2;
  for (let n = 0; n < batch; n++) {
    copyIn(x + imageBytes * <usize>n, padded);
    const image = y + <usize>(n * positions) * outputBytes;
    for (let panel = 0; panel < panels(); panel++) {
      const panelAt = filter + <usize>panel * panelBytes();
      const first = panel * TILE_COLUMNS;
      const columns = min(TILE_COLUMNS, outputs - first);
      for (let position = 0; position < positions; position += TILE_ROWS) {
        const last = min(position + TILE_ROWS, positions) - 1;
        let a0 = patch(padded, position);
        let a1 = patch(padded, min(position + 1, last));
        let a2 = patch(padded, min(position + 2, last));
        let a3 = patch(padded, min(position + 3, last));
        let a4 = patch(padded, min(position + 4, last));
        let a5 = patch(padded, min(position + 5, last));
        memory.fill(sums, 0, TILE_BYTES);
        for (let i = 0; i < filterHeight; i++) {
          addTile(a0, a1, a2, a3, a4, a5, 4, rowLength, panelAt + <usize>i * rowBytes, sums);
          a0 += lineBytes;
          a1 += lineBytes;
          a2 += lineBytes;
          a3 += lineBytes;
          a4 += lineBytes;
          a5 += lineBytes;
        }
        for (let at = position; at <= last; at++) {
          const to = image + <usize>at * outputBytes + ((<usize>first) << 2);
          storeTileRow(sums, at - position, to, columns, false);
        }
      }
    }
  }
}

/** Returns the address of the patch under an output. */
function patch(padded: usize, position: i32): usize {
  const y = position / outWidth;
  const x = position - y * outWidth;
  return padded + ((<usize>((y * strideHeight * paddedWidth + x * strideWidth) * inputs)) << 2);
}

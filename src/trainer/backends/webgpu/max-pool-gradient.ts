import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { runProgram } from './program.js';

const THREADS = 256;
/** The minimum of workgroups along one axis that WebGPU guarantees. */
const ACROSS = 65_535;

/**
 * Returns the gradient of max-pooling with windows that neither overlap nor reach into the padding, for channels last.
 *
 * Each window's gradient goes to its first largest cell, as in TensorFlow and in the wasm kernel. The kernel of tfjs
 * uses the last one, in two passes.
 */
export function maxPoolGradient(
  gpu: WebGPUBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const constants = {
    HEIGHT: info.inHeight,
    WIDTH: info.inWidth,
    OUT_HEIGHT: info.outHeight,
    OUT_WIDTH: info.outWidth,
    CHANNELS: info.inChannels,
    WINDOW_HEIGHT: filterHeight,
    WINDOW_WIDTH: filterWidth,
    STRIDE_Y: strideHeight,
    STRIDE_X: strideWidth,
  };
  const size = x.shape.reduce((product, dim) => product * dim, 1);
  const workgroups = Math.ceil(size / THREADS);
  const across = Math.min(workgroups, ACROSS);
  return runProgram(gpu, {
    name: 'maxPoolGradient',
    code: CODE,
    inputs: { x, dy },
    constants,
    uniforms: { size, across },
    outputShape: x.shape,
    workgroupSize: [THREADS, 1, 1],
    workgroups: [across, Math.ceil(workgroups / across), 1],
  });
}

/** One thread for each cell of X; each cell of a window finds the maximum by itself. */
const CODE = `
  fn main() {
    let cell = (i32(workgroupId.y) * uniforms.across + i32(workgroupId.x)) * ${THREADS} + i32(localId.x);
    if (cell >= uniforms.size) { return; }
    let channel = cell % CHANNELS;
    let column = cell / CHANNELS % WIDTH;
    let row = cell / (CHANNELS * WIDTH) % HEIGHT;
    let image = cell / (CHANNELS * WIDTH * HEIGHT);
    let outRow = row / STRIDE_Y;
    let outColumn = column / STRIDE_X;
    var gradient = 0.0;
    // Rows and columns left over, and those between windows, belong to none.
    if (outRow < OUT_HEIGHT && outColumn < OUT_WIDTH && row % STRIDE_Y < WINDOW_HEIGHT && column % STRIDE_X < WINDOW_WIDTH) {
      let first = ((image * HEIGHT + outRow * STRIDE_Y) * WIDTH + outColumn * STRIDE_X) * CHANNELS + channel;
      var winner = first;
      for (var i = 0; i < WINDOW_HEIGHT; i++) {
        for (var j = 0; j < WINDOW_WIDTH; j++) {
          let other = first + (i * WIDTH + j) * CHANNELS;
          if (x[other] > x[winner]) { winner = other; }
        }
      }
      if (winner == cell) {
        gradient = dy[((image * OUT_HEIGHT + outRow) * OUT_WIDTH + outColumn) * CHANNELS + channel];
      }
    }
    result[cell] = gradient;
  }
`;

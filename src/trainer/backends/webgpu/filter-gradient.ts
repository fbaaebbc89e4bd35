import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { runProgram } from './program.js';
import { sumRows } from './sum-rows.js';

/** Side of the square of the gradient that a workgroup computes: 8 x 8 threads with 4 x 4 numbers each. */
const TILE = 32;
/** Rows fetched together. */
const STEP = 16;
/** A product is cut into parts until there are about this many workgroups: more than any GPU runs at once. */
const WORKGROUPS = 2048;
/** With fewer steps, a part would write more partial sums than it reads values. */
const LEAST_STEPS = 8;

/**
 * Returns the gradient of a conv2d by its filter, [rows, columns, inputs, outputs], for tensors with channels last.
 *
 * It is a product of two matrices with one row for each output pixel of the batch: the pixel's patch of X, and its dY.
 * The result is tiny and the number of rows huge (9 x 32 from 800,000). Threads for the elements of the result alone
 * would leave a GPU idle. So the rows are cut into parts, each gives its own gradient, and these are added. Patches are
 * never stored; threads fetch them from X.
 */
export function filterGradient(
  gpu: WebGPUBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: backend_util.Conv2DInfo,
): TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  const rows = info.batchSize * info.outHeight * info.outWidth;
  const patch = filterHeight * filterWidth * inChannels;
  const tiles = [Math.ceil(patch / TILE), Math.ceil(outChannels / TILE)] as const;
  const allSteps = Math.ceil(rows / STEP);
  const wanted = Math.min(Math.floor(WORKGROUPS / (tiles[0] * tiles[1])), Math.ceil(allSteps / LEAST_STEPS));
  const steps = Math.ceil(allSteps / Math.max(1, wanted));
  const parts = Math.ceil(allSteps / steps);
  const partial = runProgram(gpu, {
    name: 'filterGradient',
    code: CODE,
    inputs: { x, dy },
    constants: sizes(info, patch),
    uniforms: { rows, steps },
    outputShape: [parts, patch * outChannels],
    workgroupSize: [8, 8, 1],
    workgroups: [tiles[0], tiles[1], parts],
  });
  const shape = [filterHeight, filterWidth, inChannels, outChannels];
  if (parts === 1) return { ...partial, shape };
  const gradient = sumRows(gpu, partial, parts, patch * outChannels);
  gpu.disposeData(partial.dataId);
  return { ...gradient, shape };
}

/** Returns all sizes except that of the batch, whose last one in an epoch differs. */
function sizes(info: backend_util.Conv2DInfo, patch: number): Readonly<Record<string, number>> {
  return {
    HEIGHT: info.inHeight,
    WIDTH: info.inWidth,
    INPUTS: info.inChannels,
    OUT_HEIGHT: info.outHeight,
    OUT_WIDTH: info.outWidth,
    OUTPUTS: info.outChannels,
    FILTER_WIDTH: info.filterWidth,
    PATCH: patch,
    STRIDE_Y: info.strideHeight,
    STRIDE_X: info.strideWidth,
    TOP: info.padInfo.top,
    LEFT: info.padInfo.left,
  };
}

/** Unrolled, not a loop: values indexed by a loop variable may be in memory instead of registers. */
const four = (line: (i: number) => string) => [0, 1, 2, 3].map(line).join('\n');

// Both tiles are stored as vec4, written and read as a whole: one thread then fetches four neighbors, and 16 products
// need two reads.
const CODE = `
  var<workgroup> patches : array<array<vec4<f32>, ${TILE / 4}>, ${STEP}>;
  var<workgroup> outputs : array<array<vec4<f32>, ${TILE / 4}>, ${STEP}>;

  // Where element k of a patch lies from the patch's corner: down, right, channel.
  fn offsetInPatch(k : i32) -> vec3<i32> {
    let cell = k / INPUTS;
    return vec3<i32>(cell / FILTER_WIDTH, cell % FILTER_WIDTH, k % INPUTS);
  }

  fn pixel(image : i32, place : vec3<i32>) -> f32 {
    if (place.x < 0 || place.x >= HEIGHT || place.y < 0 || place.y >= WIDTH) { return 0.0; }
    return x[((image * HEIGHT + place.x) * WIDTH + place.y) * INPUTS + place.z];
  }

  fn main() {
    let across = i32(localId.x);
    let down = i32(localId.y);
    let part = i32(workgroupId.z);
    let firstK = i32(workgroupId.x) * ${TILE};
    let k = firstK + across * 4;
    let output = i32(workgroupId.y) * ${TILE} + across * 4;
    ${four((i) => `let offset${i} = offsetInPatch(k + ${i});`)}

    ${four((i) => `var sum${i} = vec4<f32>(0.0);`)}
    for (var step = 0; step < uniforms.steps; step++) {
      for (var line = down; line < ${STEP}; line += 8) {
        let row = (part * uniforms.steps + step) * ${STEP} + line;
        var patch4 = vec4<f32>(0.0);
        var output4 = vec4<f32>(0.0);
        if (row < uniforms.rows) {
          let image = row / (OUT_HEIGHT * OUT_WIDTH);
          let corner = vec3<i32>(
            row / OUT_WIDTH % OUT_HEIGHT * STRIDE_Y - TOP, row % OUT_WIDTH * STRIDE_X - LEFT, 0);
          ${four((i) => `if (k + ${i} < PATCH) { patch4[${i}] = pixel(image, corner + offset${i}); }`)}
          ${four((i) => `if (output + ${i} < OUTPUTS) { output4[${i}] = dy[row * OUTPUTS + output + ${i}]; }`)}
        }
        patches[line][across] = patch4;
        outputs[line][across] = output4;
      }
      workgroupBarrier();
      for (var line = 0; line < ${STEP}; line++) {
        let ofPatch = patches[line][down];
        let ofOutput = outputs[line][across];
        ${four((i) => `sum${i} += ofPatch[${i}] * ofOutput;`)}
      }
      workgroupBarrier();
    }
    ${four((i) => `write(part, firstK + down * 4 + ${i}, output, sum${i});`)}
  }

  fn write(part : i32, k : i32, output : i32, sums : vec4<f32>) {
    if (k >= PATCH) { return; }
    let first = (part * PATCH + k) * OUTPUTS + output;
    ${four((i) => `if (output + ${i} < OUTPUTS) { result[first + ${i}] = sums[${i}]; }`)}
  }
`;

import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runProgram } from './program.js';

const COLUMNS = 32;
const LANES = 8;
/** Maximum of rows that one workgroup sums; more need a second round. */
const ROWS_PER_PART = 512;

/**
 * Returns the sum of the rows of `x` as a matrix [rows, columns]: [columns]. The order of the additions is fixed, so the
 * same numbers give the same sum.
 */
export function sumRows(gpu: WebGPUBackend, x: TensorInfo, rows: number, columns: number): TensorInfo {
  const parts = Math.ceil(rows / ROWS_PER_PART);
  const sums = runProgram(gpu, {
    name: 'sumRows',
    code: CODE,
    inputs: { x },
    uniforms: { rows, columns, steps: Math.ceil(rows / parts / LANES) },
    outputShape: [parts, columns],
    workgroupSize: [COLUMNS, LANES, 1],
    workgroups: [Math.ceil(columns / COLUMNS), parts, 1],
  });
  if (parts === 1) return { ...sums, shape: [columns] };
  const total = sumRows(gpu, sums, parts, columns);
  gpu.disposeData(sums.dataId);
  return total;
}

/** Each thread adds every eighth row of its part in one column; then one thread per column adds the eight sums. */
const CODE = `
  var<workgroup> sums : array<array<f32, ${COLUMNS}>, ${LANES}>;

  fn main() {
    let column = i32(workgroupId.x) * ${COLUMNS} + i32(localId.x);
    let first = i32(workgroupId.y) * uniforms.steps * ${LANES} + i32(localId.y);
    var sum = 0.0;
    if (column < uniforms.columns) {
      for (var step = 0; step < uniforms.steps; step++) {
        let row = first + step * ${LANES};
        if (row < uniforms.rows) { sum += x[row * uniforms.columns + column]; }
      }
    }
    sums[localId.y][localId.x] = sum;
    workgroupBarrier();
    if (localId.y == 0u && column < uniforms.columns) {
      for (var lane = 1; lane < ${LANES}; lane++) { sum += sums[lane][localId.x]; }
      result[i32(workgroupId.y) * uniforms.columns + column] = sum;
    }
  }
`;

import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';

type Triple = [number, number, number];

/** A compute shader of ours and what it is run on. */
export type Program = {
  /** Compiled code is kept by its name, so every number that is written into `code` must be part of it. */
  readonly name: string;
  /**
   * WGSL that has `fn main()`. It finds `workgroupId` and `localId`, each input as an array of f32 of its own name, the
   * output as `result`, and `uniforms.NAME`, an i32, for each of `integers`.
   *
   * Loops that hold a barrier must be bounded by constants or uniforms: `workgroupId` counts as different in each thread.
   */
  readonly code: string;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly integers: Readonly<Record<string, number>>;
  readonly outputShape: number[];
  readonly workgroupSize: Triple;
  readonly workgroups: Triple;
};

/** Queues a program; its float32 output belongs to the caller. */
export function runProgram(gpu: WebGPUBackend, program: Program): TensorInfo {
  const { name, code, inputs, integers, outputShape, workgroupSize, workgroups } = program;
  const names = Object.keys(integers);
  const tfjsProgram: WebGPUProgram = {
    shaderKey: `hpo_${name}`,
    variableNames: Object.keys(inputs),
    uniforms: names.map((each) => `${each} : i32,`).join(' '),
    outputShape,
    workgroupSize,
    dispatch: workgroups,
    // With a y of its own tfjs calls main() as it is; no other use is made of it where a program asks for no coordinates.
    dispatchLayout: { x: [], y: [0] },
    getUserCode: () => code,
  };
  const values = names.map((each) => ({ type: 'int32', data: [integers[each]!] }));
  return gpu.runWebGPUProgram(tfjsProgram, Object.values(inputs), 'float32', values);
}

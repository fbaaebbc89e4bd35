import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';

type Triple = [number, number, number];

/** A compute shader with its inputs and sizes. */
export type Program = {
  /** Together with the constants it identifies this program, because compiled code is stored by name. */
  readonly name: string;
  /**
   * WGSL with `fn main()`. Available in it: `workgroupId` and `localId`, each input as an array of f32 with its name, the
   * output as `result`, the constants, and `uniforms.NAME`, an i32, for each of `uniforms`.
   *
   * Loops that contain a barrier must be bounded by constants or uniforms: `workgroupId` counts as different in each thread.
   */
  readonly code: string;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  /** Compiled in, which makes division by them cheap; other values compile the code again. */
  readonly constants?: Readonly<Record<string, number>>;
  readonly uniforms: Readonly<Record<string, number>>;
  readonly outputShape: number[];
  readonly workgroupSize: Triple;
  readonly workgroups: Triple;
};

/** Queues a program and returns its float32 output, which the caller owns. */
export function runProgram(gpu: WebGPUBackend, program: Program): TensorInfo {
  const { inputs, constants = {}, uniforms } = program;
  const names = Object.keys(uniforms);
  const declared = Object.entries(constants).map(([name, value]) => `const ${name} : i32 = ${value};`);
  const tfjsProgram: WebGPUProgram = {
    shaderKey: ['hpo', program.name, ...Object.values(constants)].join('_'),
    variableNames: Object.keys(inputs),
    uniforms: names.map((name) => `${name} : i32,`).join(' '),
    outputShape: program.outputShape,
    workgroupSize: program.workgroupSize,
    dispatch: program.workgroups,
    // With its own y, tfjs calls main() unchanged; it has no other effect where a program needs no coordinates.
    dispatchLayout: { x: [], y: [0] },
    getUserCode: () => [...declared, program.code].join('\n'),
  };
  const values = names.map((name) => ({ type: 'int32', data: [uniforms[name]!] }));
  return gpu.runWebGPUProgram(tfjsProgram, Object.values(inputs), 'float32', values);
}

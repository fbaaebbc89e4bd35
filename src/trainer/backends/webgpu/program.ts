import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';

type Triple = [number, number, number];

/** A compute shader of ours and what it is run on. */
export type Program = {
  /** With the constants it tells this program from all others, as compiled code is kept by name. */
  readonly name: string;
  /**
   * WGSL that has `fn main()`. It finds `workgroupId` and `localId`, each input as an array of f32 of its own name, the
   * output as `result`, the constants, and `uniforms.NAME`, an i32, for each of `uniforms`.
   *
   * Loops that hold a barrier must be bounded by constants or uniforms: `workgroupId` counts as different in each thread.
   */
  readonly code: string;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  /** Compiled in, which makes a division by them cheap; code is compiled anew for other values. */
  readonly constants?: Readonly<Record<string, number>>;
  readonly uniforms: Readonly<Record<string, number>>;
  readonly outputShape: number[];
  readonly workgroupSize: Triple;
  readonly workgroups: Triple;
};

/** Queues a program; its float32 output belongs to the caller. */
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
    // With a y of its own tfjs calls main() as it is; no other use is made of it where a program asks for no coordinates.
    dispatchLayout: { x: [], y: [0] },
    getUserCode: () => [...declared, program.code].join('\n'),
  };
  const values = names.map((name) => ({ type: 'int32', data: [uniforms[name]!] }));
  return gpu.runWebGPUProgram(tfjsProgram, Object.values(inputs), 'float32', values);
}

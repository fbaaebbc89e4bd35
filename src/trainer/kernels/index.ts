export { convolve, convolveScratchBytes } from './conv';
export { filterGradient, gradientScratchBytes, inputGradient } from './conv-gradients';
export { MAT_MUL_SCRATCH_BYTES, matMul, sumOfRows } from './mat-mul';
export { maxPoolGradient } from './max-pool-gradient';
export { describeFilter, describeImages, describeOutputs } from './shape';

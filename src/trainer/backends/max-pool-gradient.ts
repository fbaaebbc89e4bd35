import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelFunc, Tensor4D } from '@tensorflow/tfjs-core';
import { replaceKernel, type Tf } from './tf.js';

/**
 * The gradient of max-pooling without padding on the wasm backend, whose own kernel searches a window again for each
 * of its cells; it still serves where there is padding.
 *
 * Each window's gradient goes to its first greatest cell, as in TensorFlow; cells that tie share nothing.
 */
export function installMaxPoolGradient(tf: Tf): void {
  replaceKernel(tf, tf.MaxPoolGrad, 'wasm', (original) => maxPoolGradient(tf, original));
}

function maxPoolGradient(tf: Tf, original: KernelFunc | undefined): KernelFunc {
  const { computePool2DInfo } = tf.backend_util;
  type Info = Parameters<typeof computePool2DInfo>;
  return (args) => {
    const { inputs, attrs } = args;
    const x = inputs.input as Tensor4D;
    const info = computePool2DInfo(
      x.shape,
      attrs?.filterSize as Info[1],
      attrs?.strides as Info[2],
      1,
      attrs?.pad as Info[4],
    );
    const { top, bottom, left, right } = info.padInfo;
    if (top + bottom + left + right > 0 && original) return original(args);

    const wasm = args.backend as BackendWasm;
    const output = wasm.makeOutput(x.shape, 'float32');
    // Views of the heap are taken last: an allocation can move it.
    const dx = wasm.typedArrayFromHeap(output) as Float32Array;
    const values = wasm.typedArrayFromHeap(x) as Float32Array;
    const dy = wasm.typedArrayFromHeap(inputs.dy!) as Float32Array;
    dx.fill(0);
    const { inHeight, inWidth, inChannels: channels } = info;
    const cells = windowOffsets(info.filterHeight, info.filterWidth, inWidth, channels);
    let at = 0;
    for (let image = 0; image < info.batchSize; image++) {
      for (let outY = 0; outY < info.outHeight; outY++) {
        const row = (image * inHeight + outY * info.strideHeight) * inWidth;
        for (let outX = 0; outX < info.outWidth; outX++) {
          const first = (row + outX * info.strideWidth) * channels;
          for (let channel = 0; channel < channels; channel++, at++) {
            let winner = first + channel;
            let best = values[winner]!;
            for (let i = 1; i < cells.length; i++) {
              const cell = first + channel + cells[i]!;
              const value = values[cell]!;
              if (value > best) {
                best = value;
                winner = cell;
              }
            }
            dx[winner] = dx[winner]! + dy[at]!;
          }
        }
      }
    }
    return output;
  };
}

/** Where the cells of a window lie, counted from its first. */
function windowOffsets(height: number, width: number, inWidth: number, channels: number): Int32Array {
  return Int32Array.from(
    { length: height * width },
    (_, i) => (Math.floor(i / width) * inWidth + (i % width)) * channels,
  );
}

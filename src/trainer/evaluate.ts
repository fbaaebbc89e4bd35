import type { Tf } from './backends/tf.js';
import { batches, inOrder } from './batches.js';
import { CLASSES, IMAGE_SIZE, type Images } from './data.js';
import type { SimpleCnn } from './model.js';

/** Mean softmax cross entropy in nats, and the fraction of images whose largest output is the correct one. */
export type Score = { readonly loss: number; readonly accuracy: number };

const BATCH = 250;

/** Returns the score of a model on images that it does not learn from. If the outputs are NaN, so is the loss. */
export async function evaluate(tf: Tf, model: SimpleCnn, images: Images): Promise<Score> {
  let loss = 0;
  let right = 0;
  for (const batch of batches(images, inOrder(images.count), BATCH)) {
    const logits = tf.tidy(() =>
      model.logits(tf.tensor4d(batch.pixels, [batch.count, IMAGE_SIZE, IMAGE_SIZE, 1])),
    );
    const outputs = await logits.data<'float32'>().finally(() => logits.dispose());
    const score = scoreLogits(outputs, batch.labels);
    loss += score.loss * batch.count;
    right += score.accuracy * batch.count;
  }
  return { loss: loss / images.count, accuracy: Math.round(right) / images.count };
}

/**
 * Returns the score of outputs before the softmax, [labels.length, 10]. In double precision, and in plain code: the SIMD
 * kernels of the WebAssembly backend can turn a NaN into a number, and a diverged run must be visible.
 */
export function scoreLogits(logits: Float32Array, labels: Uint8Array): Score {
  let loss = 0;
  let right = 0;
  for (const [image, label] of labels.entries()) {
    const row = logits.subarray(image * CLASSES, (image + 1) * CLASSES);
    const own = row[label]!;
    const top = Math.max(...row);
    let sum = 0;
    for (const value of row) sum += Math.exp(value - top);
    loss += Math.log(sum) + top - own;
    // With equal outputs the first one is the answer; NaN is no answer.
    if (row.indexOf(top) === label) right += 1;
  }
  return { loss: loss / labels.length, accuracy: right / labels.length };
}

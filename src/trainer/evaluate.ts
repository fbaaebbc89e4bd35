import type { Tf } from './backends/tf.js';
import { batches, inOrder } from './batches.js';
import { CLASSES, IMAGE_SIZE, type Images } from './data.js';
import type { SimpleCnn } from './model.js';

/** Mean softmax cross entropy in nats, and the fraction of images whose greatest output is the right one. */
export type Score = { readonly loss: number; readonly accuracy: number };

const BATCH = 250;

/** Measures a model on images it does not learn from. A model whose outputs are no numbers has loss NaN. */
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
 * The score of outputs before the softmax, [labels.length, 10]. In double precision, and in plain code: the SIMD
 * kernels of the WebAssembly backend can turn a NaN into a number, and a diverged run must show.
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
    // The first of equal outputs is the answer; NaN answers nothing.
    if (row.indexOf(top) === label) right += 1;
  }
  return { loss: loss / labels.length, accuracy: right / labels.length };
}

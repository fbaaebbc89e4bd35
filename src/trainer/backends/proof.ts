import type { Tf } from './tf.js';

/**
 * Waits until tfjs is ready and computes one small product: a backend can load and fail at its first operation.
 * @throws Error when the product is wrong, and what the backend throws.
 */
export async function startAndMultiply(tf: Tf): Promise<void> {
  await tf.ready();
  const answer = tf.tidy(() => tf.matMul(tf.tensor2d([[2, 3]]), tf.tensor2d([[5], [7]])));
  try {
    const [product] = await answer.data();
    if (product !== 31) throw new Error(`its product of (2, 3) and (5, 7) is ${product}, not 31`);
  } finally {
    answer.dispose();
  }
}

/** Waits for `work`. @throws Error when it takes longer than `limitMs`; the work itself cannot be stopped. */
export async function withLimit(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it was not ready within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

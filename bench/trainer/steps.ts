import { HpoError } from '../../src/core/errors.js';
import { makeRng } from '../../src/core/rng.js';
import { loadBackend } from '../../src/trainer/backends/load.js';
import type { Tf } from '../../src/trainer/backends/tf.js';
import { loadWebgpu } from '../../src/trainer/backends/webgpu/load.js';
import { batches, inOrder } from '../../src/trainer/batches.js';
import { loadMnist } from '../../src/trainer/data.js';
import { makeLearner } from '../../src/trainer/learner.js';
import { makeSimpleCnn } from '../../src/trainer/model.js';
import { type KernelTime, timeKernels } from './kernel-times.js';
import { loadPlainTfjs } from './plain-tfjs.js';

/** The measurement of one process. */
export type StepsTask = {
  /** A device of config.yaml, or `plain-tfjs`: the wasm backend without this project's kernels. */
  readonly device: string;
  readonly filters: readonly [number, number];
  readonly dense: number;
  readonly batch: number;
  readonly seconds: number;
};

export type StepsResult = {
  readonly backend: string;
  readonly stepsMs: readonly number[];
  /** Of one step, measured separately; null where a kernel's call returns before it is done. */
  readonly kernels: readonly KernelTime[] | null;
};

/** The first steps are not timed: code is being compiled. */
const WARM_UP = 3;
const PROFILED = 5;

/** The main function of a process of its own: prints the times of training steps as one JSON document. */
async function main(task: StepsTask): Promise<void> {
  const { tf, name, keepUp } = await load(task.device);
  const { training } = await loadMnist({ path: null, limit: Math.min(50_000, 8 * task.batch) });
  const model = makeSimpleCnn(tf, { filters: [...task.filters], dense: task.dense }, makeRng(0, 'weights'));
  const learner = makeLearner(tf, model, { opt: 'sgd', step_size: 0.01, momentum: 0.9, weight_decay: 0 });
  const all = [...batches(training, inOrder(training.count), task.batch)];
  let k = 0;
  const step = async () => {
    learner.step(all[k++ % all.length]!);
    // As the trainer does: where work is only queued, it waits for an earlier step. So the times of steps are those of the
    // device once the queue is full.
    await keepUp?.();
  };
  const stepsMs: number[] = [];
  const warm = performance.now() + 250 * task.seconds;
  while (k < WARM_UP || performance.now() < warm) await step();
  const end = performance.now() + 1000 * task.seconds;
  while (stepsMs.length < 5 || performance.now() < end) {
    const start = performance.now();
    await step();
    stepsMs.push(performance.now() - start);
  }
  let kernels: KernelTime[] | null = null;
  if (inline(name)) {
    const times = timeKernels(tf, tf.getBackend());
    for (let n = 0; n < PROFILED; n++) await step();
    kernels = [...times.values()].map((time) => ({
      ...time,
      calls: time.calls / PROFILED,
      ms: time.ms / PROFILED,
    }));
  }
  const result: StepsResult = { backend: name, stepsMs, kernels };
  console.log(JSON.stringify(result));
  // A backend may keep the process alive.
  process.exit(0);
}

async function load(device: string): Promise<{ tf: Tf; name: string; keepUp?(): Promise<void> }> {
  if (device === 'plain-tfjs') return { tf: await loadPlainTfjs(), name: device };
  // A CPU that emulates a GPU would take minutes, and show nothing about webgpu.
  if (device === 'webgpu') return loadWebgpu({ software: false });
  return loadBackend(device as Parameters<typeof loadBackend>[0], console.error);
}

/** Whether kernels are done when their call returns. */
function inline(backend: string): boolean {
  return backend !== 'webgpu';
}

try {
  await main(JSON.parse(process.argv[2]!) as StepsTask);
} catch (error) {
  console.error(error instanceof HpoError ? error.format() : error);
  process.exit(1);
}

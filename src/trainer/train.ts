import { setImmediate } from 'node:timers/promises';
import { throwAll } from '../config/diagnostics.js';
import { resolveRunConfig } from '../config/overrides.js';
import type { RunConfig } from '../config/run-config.js';
import { readRunConfig } from '../config/run-config-file.js';
import { makeRng } from '../core/rng.js';
import { formatMetric } from '../protocol/metric.js';
import { loadBackend } from './backends/load.js';
import type { Backend } from './backends/tf.js';
import { batches, shuffled } from './batches.js';
import { Checkpoint, runKey } from './checkpoint.js';
import { loadMnist, type Mnist } from './data.js';
import { evaluate, type Score } from './evaluate.js';
import { makeLearner } from './learner.js';
import { makeSimpleCnn } from './model.js';
import { missingPackages } from './packages.js';
import { makeState } from './state.js';

/**
 * Trains SimpleCNN on MNIST. Through `print` it writes a line for people (before it one about a broken backend, if there
 * is one), then `METRIC epoch=1 epoch_loss=... epoch_accuracy=...` after each epoch (counted from 1) and the same
 * without `epoch` at the end. Both are measured on the held-out images: mean softmax cross entropy in nats, and a
 * fraction.
 *
 * Fully seeded: on one backend the same configuration prints the same lines. A run whose loss becomes NaN or infinite
 * reports it and ends, because no later epoch could differ.
 *
 * With `checkpointDir` it saves every epoch there and resumes from a saved one: it prints that epoch's line again, and
 * then what it would have printed without the interruption, bit for bit on the same backend.
 * @throws the reason of `signal` when it is aborted; HpoError trainer.* and config.* (see missingPackages, loadBackend, loadMnist).
 */
export async function train(
  config: RunConfig,
  print: (line: string) => void,
  signal?: AbortSignal,
  checkpointDir?: string,
): Promise<void> {
  const missing = missingPackages(config);
  if (missing !== null) throw missing;
  const images = loadMnist(config.data);
  // Its failure is reported below, unless the backend fails first.
  images.catch(() => {});
  const backend = await loadBackend(config.device, print);
  try {
    await trainOn(backend, config, await images, print, signal, checkpointDir);
  } finally {
    backend.close?.();
  }
}

/** Trains once the backend and the images are loaded; it leaves the backend open. */
export async function trainOn(
  backend: Backend,
  config: RunConfig,
  data: Mnist,
  print: (line: string) => void,
  signal?: AbortSignal,
  checkpointDir?: string,
): Promise<void> {
  const { tf, name, note } = backend;
  const model = makeSimpleCnn(tf, config.model, makeRng(config.seed, 'weights'));
  const learner = makeLearner(tf, model, config.learner);
  try {
    print(
      `SimpleCNN with ${model.parameterCount} parameters on ${name}: ${data.training.count} training images, ` +
        `${data.validation.count} for validation, seed ${config.seed}`,
    );
    if (note !== undefined) print(note);
    const state = makeState(tf, model, learner.optimizer);
    const checkpoint = checkpointDir ? new Checkpoint(checkpointDir, runKey(config, name), print) : null;
    const saved = (await checkpoint?.load(state.sizes, config.epochs)) ?? null;
    if (checkpoint && saved) {
      state.restore(saved);
      print(`resuming after epoch ${saved.epoch} of ${checkpoint.file}`);
      print(formatMetric({ epoch: saved.epoch, ...metrics(saved.score) }));
    }
    let score: Score = saved?.score ?? { loss: Number.NaN, accuracy: 0 };
    for (let epoch = (saved?.epoch ?? 0) + 1; epoch <= config.epochs; epoch++) {
      const order = shuffled(data.training.count, makeRng(config.seed, 'order', epoch));
      for (const batch of batches(data.training, order, config.batch_size)) {
        // A step blocks the thread: without this pause neither a signal nor an abort would be handled.
        await setImmediate();
        signal?.throwIfAborted();
        learner.step(batch);
        await backend.keepUp?.();
      }
      score = await evaluate(tf, model, data.validation);
      // If one of the last steps failed, its result must not be evaluated as learned.
      await backend.keepUp?.();
      print(formatMetric({ epoch, ...metrics(score) }));
      if (!Number.isFinite(score.loss)) break;
      // After its line: a resumed run does not repeat the lines of saved epochs.
      await checkpoint?.save({ epoch, score, ...(await state.capture()) });
    }
    print(formatMetric(metrics(score)));
  } finally {
    learner.dispose();
    model.dispose();
  }
}

/** Formats to six digits: further ones are noise and make lines hard to read. */
function metrics({ loss, accuracy }: Score) {
  return { epoch_loss: Number(loss.toPrecision(6)), epoch_accuracy: Number(accuracy.toPrecision(6)) };
}

export type TrainerOptions = {
  /** Path of a YAML or JSON file of one run's settings (with the bases it `extends`); without it the defaults are used. */
  readonly config?: string | undefined;
  /** Overrides the file and an override of `seed`. Text is checked like an override. */
  readonly seed?: number | string | undefined;
  /** `learner.step_size=0.05` and the like; the last value of a key counts. */
  readonly overrides?: readonly string[] | undefined;
  /** Folder of the run's checkpoint; created if missing. Default: HPO_CHECKPOINT_DIR; without it there is none. */
  readonly checkpoint?: string | undefined;
};

/**
 * Trains one run from a file and overrides, as `hpo train` and the trainer's own command line start it: to its last epoch, or
 * to HPO_TARGET_STEP.
 * @throws HpoError config.* (usage errors; those of the file include line and column), and whatever `train` throws.
 */
export async function runTrainer(
  options: TrainerOptions,
  print: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const base = options.config === undefined ? {} : await readConfig(options.config);
  const seed = options.seed === undefined ? [] : [`seed=${options.seed}`];
  const config = resolveRunConfig(base, [...(options.overrides ?? []), ...seed]);
  const { HPO_CHECKPOINT_DIR: folder, HPO_TARGET_STEP: target } = process.env;
  await train(untilTarget(config, target), print, signal, options.checkpoint ?? folder);
}

/** Returns the settings of a run that ends at its target step, where a sweep names one below its last epoch. */
function untilTarget(config: RunConfig, target: string | undefined): RunConfig {
  if (target === undefined || !/^[1-9]\d{0,8}$/.test(target)) return config;
  return { ...config, epochs: Math.min(config.epochs, Number(target)) };
}

async function readConfig(file: string): Promise<unknown> {
  const { config, mistakes } = await readRunConfig(file, true);
  throwAll(...mistakes);
  return config;
}

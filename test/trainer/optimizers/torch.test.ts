import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Variable } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveRunConfig } from '../../../src/config/overrides.js';
import type { RunConfig } from '../../../src/config/run-config.js';
import { makeRng } from '../../../src/core/rng.js';
import type { Tf } from '../../../src/trainer/backends/tf.js';
import { loadWasm } from '../../../src/trainer/backends/wasm/load.js';
import { type Batch, batches, shuffled } from '../../../src/trainer/batches.js';
import { loadMnist } from '../../../src/trainer/data.js';
import { makeLearner } from '../../../src/trainer/learner.js';
import { makeSimpleCnn } from '../../../src/trainer/model.js';
import { describeWithReal } from '../../support/real-part.js';
import { runTorch } from '../../support/torch.js';

const script = fileURLToPath(new URL('../fixtures/torch_steps.py', import.meta.url));
/** Of the greatest value of a tensor. Rounding leaves about 3e-6, more where a gradient is nearly 0 and a rule divides by it. */
const TOLERANCE = 1e-4;
const STEPS = 10;
const BATCH_SIZE = 32;

const learner = (...overrides: string[]) =>
  resolveRunConfig(
    {},
    overrides.map((each) => `learner.${each}`),
  ).learner;
const CASES: Readonly<Record<string, RunConfig['learner']>> = {
  sgd: learner('opt=sgd', 'step_size=0.05', 'momentum=0'),
  'sgd-momentum': learner('opt=sgd', 'step_size=0.02', 'momentum=0.9'),
  'sgd-decay': learner('opt=sgd', 'step_size=0.05', 'momentum=0', 'weight_decay=0.1'),
  'sgd-momentum-decay': learner('opt=sgd', 'step_size=0.02', 'momentum=0.9', 'weight_decay=0.1'),
  adam: learner('opt=adam', 'step_size=0.003'),
  'adam-decay': learner('opt=adam', 'step_size=0.003', 'weight_decay=0.1'),
  adamw: learner('opt=adamw', 'step_size=0.003'),
  'adamw-decay': learner('opt=adamw', 'step_size=0.003', 'weight_decay=0.1'),
  rmsprop: learner('opt=rmsprop', 'step_size=0.0003'),
  'rmsprop-decay': learner('opt=rmsprop', 'step_size=0.0003', 'weight_decay=0.1'),
};

/** Their numbers of channels fill whole vectors of a SIMD kernel in the second model, and never in the first. */
const MODELS = [
  { filters: [5, 6], dense: 13 },
  // Its hidden layer is large enough to move alone.
  { filters: [8, 16], dense: 72 },
] as const;

describeWithReal('torch', 'ten whole steps of the trainer and of PyTorch, from the same weights', () => {
  describe.each(MODELS.map((model) => [`filters ${model.filters.join()} and dense ${model.dense}`, model]))(
    '%s',
    (_, model) => {
      agrees({ ...model, filters: [...model.filters] });
    },
  );
});

function agrees(model: RunConfig['model']): void {
  let tf: Tf;
  let folder: string;
  let given: Batch[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hpo-torch-'));
    ({ tf } = await loadWasm());
    // The last batch is shorter than the others, as the last one of an epoch is.
    const { training } = await loadMnist({ path: null, limit: STEPS * BATCH_SIZE - 5 });
    given = [...batches(training, shuffled(training.count, makeRng(1, 'order')), BATCH_SIZE)];
    const cnn = makeSimpleCnn(tf, model, makeRng(1, 'weights'));
    write('start.f32', await values(cnn.parameters));
    write(
      'images.f32',
      given.map(({ pixels }) => pixels),
    );
    write(
      'labels.u8',
      given.map(({ labels }) => labels),
    );
    writeFileSync(join(folder, 'job.json'), JSON.stringify({ model, batch_size: BATCH_SIZE, cases: CASES }));
    cnn.dispose();
    const { status, stdout, stderr } = await runTorch([script, folder], { cwd: folder, env: process.env });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, parts: readonly (Float32Array | Uint8Array)[]) =>
    writeFileSync(
      join(folder, name),
      Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))),
    );
  const read = (name: string) => new Float32Array(Uint8Array.from(readFileSync(join(folder, name))).buffer);

  it.each(Object.entries(CASES))('%s', async (name, settings) => {
    const cnn = makeSimpleCnn(tf, model, makeRng(1, 'weights'));
    const start = await values(cnn.parameters);
    const taught = makeLearner(tf, cnn, settings);
    for (const batch of given) taught.step(batch);
    expect(taught.optimizer.steps).toBe(STEPS);
    const ours = [
      ...(await values(cnn.parameters)),
      ...byParameter(cnn.parameters, await values(taught.optimizer.tensors())),
    ];
    taught.dispose();
    cnn.dispose();

    const theirs = split(
      read(`${name}.f32`),
      ours.map(({ length }) => length),
    );
    for (const [i, tensor] of ours.entries()) {
      const expected = theirs[i]!;
      const scale = Math.max(...expected.map(Math.abs));
      const before = start[i];
      if (before) expect(distance(expected, before)).toBeGreaterThan(100 * TOLERANCE * scale);
      expect(distance(tensor, expected)).toBeLessThan(TOLERANCE * scale);
    }
  });
}

const values = (variables: readonly Variable[]) =>
  Promise.all(variables.map((variable) => variable.data<'float32'>()));

const distance = (a: Float32Array, b: Float32Array) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

/** What an optimizer remembers, taken apart: all of the first parameter, then of the second, and so on. */
function byParameter(parameters: readonly Variable[], remembered: readonly Float32Array[]): Float32Array[] {
  const isAlone = ({ size }: Variable) => remembered.some(({ length }) => length === size);
  const groups = [
    ...parameters.filter(isAlone).map((parameter) => [parameter]),
    parameters.filter((each) => !isAlone(each)),
  ];
  const slots = remembered.length / groups.length;
  const found = new Map<Variable, Float32Array[]>(parameters.map((parameter) => [parameter, []]));
  for (const [g, members] of groups.entries()) {
    for (const vector of remembered.slice(g * slots, (g + 1) * slots)) {
      const parts = split(
        vector,
        members.map(({ size }) => size),
      );
      for (const [i, member] of members.entries()) found.get(member)?.push(parts[i]!);
    }
  }
  return [...found.values()].flat();
}

/** Consecutive parts of the given lengths. */
function split(values: Float32Array, lengths: readonly number[]): Float32Array[] {
  const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, length) => sum + length, 0));
  expect(ends.at(-1)).toBe(values.length);
  return ends.map((end, i) => values.subarray(end - lengths[i]!, end));
}

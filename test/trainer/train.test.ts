import { describe, expect, it } from 'vitest';
import { resolveRunConfig } from '../../src/config/overrides.js';
import { makeRng } from '../../src/core/rng.js';
import { parseLine } from '../../src/protocol/metric.js';
import { loadWasm } from '../../src/trainer/backends/wasm/load.js';
import { batches, inOrder, shuffled } from '../../src/trainer/batches.js';
import { loadMnist } from '../../src/trainer/data.js';
import { evaluate, scoreLogits } from '../../src/trainer/evaluate.js';
import { makeLearner } from '../../src/trainer/learner.js';
import { makeSimpleCnn } from '../../src/trainer/model.js';
import { train } from '../../src/trainer/train.js';

const SMALL = ['data.limit=300', 'epochs=2', 'model.filters=[4, 6]', 'model.dense=16', 'device=cpu'];

async function lines(...overrides: string[]): Promise<string[]> {
  const printed: string[] = [];
  await train(resolveRunConfig({}, [...SMALL, ...overrides]), (line) => printed.push(line));
  return printed;
}

function metrics(printed: readonly string[]): Record<string, number>[] {
  return printed.slice(1).map((line) => {
    const parsed = parseLine(line);
    if (parsed.kind !== 'metric') throw new Error(`no metric line: ${line}`);
    return Object.fromEntries(parsed.entries);
  });
}

describe('train', () => {
  it('prints what it does, one METRIC line per epoch from 1 on, and the final values without a step', async () => {
    const printed = await lines();
    expect(printed[0]).toMatch(
      /^SimpleCNN with \d+ parameters on .*: 300 training images, 200 for validation/,
    );
    const [first, second, final, ...rest] = metrics(printed);
    expect(rest).toEqual([]);
    expect([first?.epoch, second?.epoch]).toEqual([1, 2]);
    expect(final).toEqual({ epoch_loss: second?.epoch_loss, epoch_accuracy: second?.epoch_accuracy });
  });

  it('prints the same lines for the same seed, and others for another', async () => {
    const first = await lines('seed=7');
    expect(await lines('seed=7')).toEqual(first);
    expect(metrics(await lines('seed=8'))).not.toEqual(metrics(first));
  });

  it.each([
    ['adam', 'learner.step_size=0.01'],
    ['sgd', 'learner.step_size=0.05'],
    ['adamw', 'learner.step_size=0.01'],
    ['rmsprop', 'learner.step_size=0.001'],
  ])('learns with %s', async (opt, step) => {
    const final = metrics(await lines(`learner.opt=${opt}`, step, 'epochs=5', 'batch_size=16')).at(-1);
    expect(final?.epoch_accuracy).toBeGreaterThan(0.6);
    expect(final?.epoch_loss).toBeLessThan(1.3);
  });

  it('reports a diverged run as nan and ends it', async () => {
    const printed = await lines('learner.opt=sgd', 'learner.step_size=1e10', 'epochs=9');
    expect(printed.slice(1)).toEqual([
      'METRIC epoch=1 epoch_loss=nan epoch_accuracy=0',
      'METRIC epoch_loss=nan epoch_accuracy=0',
    ]);
  });

  it('ends with the reason of an abort, and frees what it took', async () => {
    const { tf } = await loadWasm();
    const before = tf.memory().numTensors;
    const abort = new AbortController();
    const config = resolveRunConfig({}, [...SMALL, 'epochs=1000']);
    const stop = (line: string) => {
      if (line.includes('epoch=1 ')) abort.abort(new Error('enough'));
    };
    await expect(train(config, stop, abort.signal)).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a learner', async () => {
  const { tf } = await loadWasm();
  const { training, validation } = await loadMnist({ path: null, limit: 100 });
  const batch = [...batches(training, inOrder(32), 32)][0]!;
  const setUp = (...overrides: string[]) => {
    const config = resolveRunConfig({}, [...SMALL, ...overrides]);
    const model = makeSimpleCnn(tf, config.model, makeRng(1, 'test'));
    return { model, learner: makeLearner(tf, model, config.learner) };
  };
  const values = (variables: readonly { dataSync(): ArrayLike<number> }[]) =>
    variables.map((variable) => Array.from(variable.dataSync()));

  it.each(['adam', 'adamw', 'sgd', 'rmsprop'])(
    'holds the same memory after every step of %s',
    async (opt) => {
      const before = tf.memory().numTensors;
      const { model, learner } = setUp(`learner.opt=${opt}`, 'learner.weight_decay=0.1');
      learner.step(batch);
      await evaluate(tf, model, validation);
      const { numTensors, numDataBuffers, numBytes } = tf.memory();
      for (let i = 0; i < 5; i++) learner.step(batch);
      await evaluate(tf, model, validation);
      expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers, numBytes });
      learner.dispose();
      model.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('has the gradient of its loss: steps of sgd go down as far as finite differences say', async () => {
    const { model, learner } = setUp('learner.opt=sgd', 'learner.momentum=0', 'learner.step_size=1e-3');
    const own = { ...training, count: 32 };
    const before = (await evaluate(tf, model, own)).loss;
    const old = values(model.parameters).flat();
    learner.step(batch);
    const moved = values(model.parameters)
      .flat()
      .map((value, i) => value - old[i]!);
    // To first order the loss falls by |gradient|^2 * step_size = |move|^2 / step_size.
    const expected = moved.reduce((sum, move) => sum + move * move, 0) / 1e-3;
    const fallen = before - (await evaluate(tf, model, own)).loss;
    expect(expected).toBeGreaterThan(1e-4);
    expect(fallen / expected).toBeGreaterThan(0.97);
    expect(fallen / expected).toBeLessThan(1.03);
  });
});

describe('scoreLogits', () => {
  const row = (values: Partial<Record<number, number>>) =>
    Array.from({ length: 10 }, (_, i) => values[i] ?? 0);

  it('is the mean cross entropy of the softmax, and the fraction whose greatest output is right', () => {
    const logits = Float32Array.from([...row({}), ...row({ 3: 1000 }), ...row({ 3: 1000 })]);
    const { loss, accuracy } = scoreLogits(logits, Uint8Array.from([5, 3, 4]));
    expect(loss).toBeCloseTo((Math.log(10) + 0 + 1000) / 3, 10);
    expect(accuracy).toBeCloseTo(1 / 3, 12);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('has loss NaN for an output of %d', (output) => {
    const score = scoreLogits(Float32Array.from(row({ 2: output })), Uint8Array.from([1]));
    expect(score).toEqual({ loss: Number.NaN, accuracy: 0 });
  });
});

describe('batches', () => {
  it('have every image once, in the order given, and the rest in the last one', async () => {
    const { training } = await loadMnist({ path: null, limit: 100 });
    const order = shuffled(100, makeRng(3, 'order'));
    expect([...order].sort((a, b) => a - b)).toEqual([...inOrder(100)]);
    expect([...order]).not.toEqual([...inOrder(100)]);
    const all = [...batches(training, order, 30)];
    expect(all.map(({ count }) => count)).toEqual([30, 30, 30, 10]);
    expect(all.flatMap(({ labels }) => [...labels])).toEqual([...order].map((i) => training.labels[i]));
  });
});

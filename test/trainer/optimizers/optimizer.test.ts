import type { Variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveRunConfig } from '../../../src/config/overrides.js';
import { makeRng } from '../../../src/core/rng.js';
import type { Tf } from '../../../src/trainer/backends/tf.js';
import { loadWasm } from '../../../src/trainer/backends/wasm/load.js';
import { makeOptimizer } from '../../../src/trainer/optimizers/optimizer.js';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadWasm());
});

const settings = (...overrides: string[]) =>
  resolveRunConfig(
    {},
    overrides.map((each) => `learner.${each}`),
  ).learner;

/** Gradients of all sizes, since the epsilons show only in the smallest. */
const SIZE = 40;
const gradientsOf = (step: number) => {
  const rng = makeRng(step, 'gradients');
  return Float32Array.from({ length: SIZE }, (_, i) => rng.normal() * 10 ** ((i % 12) - 10));
};
const start = () => Float32Array.from({ length: SIZE }, (_, i) => (i - 20) / 1000);

function steps(variable: Variable, optimizer: ReturnType<typeof makeOptimizer>, from: number, to: number) {
  for (let step = from; step <= to; step++) {
    tf.tidy(() => optimizer.apply({ [variable.name]: tf.tensor1d(gradientsOf(step)) }));
  }
}

const variableOf = (values: Float32Array) => tf.tidy(() => tf.variable(tf.tensor1d(values)));

type Definition = (w: number, g: number, memory: number[], step: number) => number;

/** One number after another, in double precision, as PyTorch's documentation writes each algorithm. */
const DEFINITIONS: Readonly<Record<string, [string[], Definition]>> = {
  'sgd without momentum': [
    ['opt=sgd', 'momentum=0', 'step_size=0.1', 'weight_decay=0.5'],
    (w, g) => w - 0.1 * (g + 0.5 * w),
  ],
  'sgd with momentum': [
    ['opt=sgd', 'momentum=0.9', 'step_size=0.1', 'weight_decay=0.5'],
    (w, g, memory, step) => {
      memory[0] = step === 1 ? g + 0.5 * w : 0.9 * memory[0]! + g + 0.5 * w;
      return w - 0.1 * memory[0];
    },
  ],
  adam: [
    ['opt=adam', 'step_size=0.01', 'weight_decay=0.001'],
    (w, g, memory, step) => w - 0.01 * adamDirection(g + 0.001 * w, memory, step),
  ],
  'adam without decay': [
    ['opt=adam', 'step_size=0.01'],
    (w, g, memory, step) => w - 0.01 * adamDirection(g, memory, step),
  ],
  adamw: [
    ['opt=adamw', 'step_size=0.01', 'weight_decay=0.5'],
    (w, g, memory, step) => w - 0.01 * 0.5 * w - 0.01 * adamDirection(g, memory, step),
  ],
  rmsprop: [
    ['opt=rmsprop', 'step_size=0.01'],
    (w, g, memory) => {
      memory[0] = 0.99 * (memory[0] ?? 0) + 0.01 * g * g;
      return w - (0.01 * g) / (Math.sqrt(memory[0]) + 1e-8);
    },
  ],
};

function adamDirection(g: number, memory: number[], step: number): number {
  memory[0] = 0.9 * (memory[0] ?? 0) + 0.1 * g;
  memory[1] = 0.999 * (memory[1] ?? 0) + 0.001 * g * g;
  return memory[0] / (1 - 0.9 ** step) / (Math.sqrt(memory[1] / (1 - 0.999 ** step)) + 1e-8);
}

describe('an optimizer', () => {
  it.each(Object.entries(DEFINITIONS))('moves as the definition says: %s', (_, [overrides, definition]) => {
    const variable = variableOf(start());
    const optimizer = makeOptimizer(tf, [variable], settings(...overrides));
    steps(variable, optimizer, 1, 7);
    const expected = Array.from(start());
    const memories = expected.map((): number[] => []);
    for (let step = 1; step <= 7; step++) {
      for (const [i, g] of gradientsOf(step).entries()) {
        expected[i] = definition(expected[i]!, g, memories[i]!, step);
      }
    }
    const moved = Array.from(variable.dataSync());
    for (const [i, value] of expected.entries()) {
      expect(Math.abs(moved[i]! - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
    }
    optimizer.dispose();
    variable.dispose();
  });

  it.each(['sgd', 'adam', 'adamw', 'rmsprop'])(
    '%s resumes exactly where another one stopped, given its tensors and steps',
    (opt) => {
      const config = settings(`opt=${opt}`, 'weight_decay=0.01');
      const whole = variableOf(start());
      const undisturbed = makeOptimizer(tf, [whole], config);
      steps(whole, undisturbed, 1, 3);
      const saved = undisturbed.tensors().map((tensor) => tensor.dataSync<'float32'>().slice());
      const half = variableOf(whole.dataSync<'float32'>().slice());
      steps(whole, undisturbed, 4, 6);

      const resumed = makeOptimizer(tf, [half], config);
      expect(saved.length).toBeGreaterThan(0);
      expect(resumed.tensors()).toHaveLength(saved.length);
      for (const [i, tensor] of resumed.tensors().entries())
        tf.tidy(() => tensor.assign(tf.tensor1d(saved[i]!)));
      resumed.steps = 3;
      steps(half, resumed, 4, 6);
      expect(half.dataSync()).toEqual(whole.dataSync());
      expect(resumed.steps).toBe(6);
      tf.dispose([whole, half]);
      undisturbed.dispose();
      resumed.dispose();
    },
  );

  it('moves each of several parameters, small and large, as if it were the only one', () => {
    const shapes = [[3, 4], [250, 200], [5], [2, 1, 2, 2]];
    const make = () =>
      shapes.map((shape, k) => {
        const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(i + k));
        return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
      });
    const gradient = (variable: Variable) => tf.mul(variable, 0.1);
    const config = settings('opt=adam', 'weight_decay=0.01');
    const [together, alone] = [make(), make()];
    const one = makeOptimizer(tf, together, config);
    const several = alone.map((variable) => makeOptimizer(tf, [variable], config));
    for (let step = 0; step < 3; step++) {
      tf.tidy(() => {
        one.apply(Object.fromEntries(together.map((variable) => [variable.name, gradient(variable)])));
        for (const [k, variable] of alone.entries())
          several[k]?.apply({ [variable.name]: gradient(variable) });
      });
    }
    for (const [k, variable] of together.entries()) {
      expect(variable.shape).toEqual(shapes[k]);
      expect(variable.dataSync()).toEqual(alone[k]?.dataSync());
    }
    for (const optimizer of [one, ...several]) optimizer.dispose();
    tf.dispose([...together, ...alone]);
  });

  it('remembers nothing with plain sgd', () => {
    const variable = variableOf(start());
    expect(makeOptimizer(tf, [variable], settings('opt=sgd', 'momentum=0')).tensors()).toEqual([]);
    variable.dispose();
  });

  it('refuses a step without a gradient for each parameter', () => {
    const variable = variableOf(start());
    const optimizer = makeOptimizer(tf, [variable], settings('opt=sgd'));
    expect(() => optimizer.apply({})).toThrow(`no gradient of ${variable.name}`);
    optimizer.dispose();
    variable.dispose();
  });
});

import type { Tensor } from '@tensorflow/tfjs-core';
import type { RunConfig } from '../../config/run-config.js';
import type { Tf } from '../backends/tf.js';

/** How one parameter is updated by its gradient. Pure: it takes tensors and returns new ones. */
export type Rule = {
  /** Names of the state of a parameter between steps; each has the parameter's shape and is 0 before the first step. */
  readonly slots: readonly string[];
  /** `step` counts from 1. Returns the parameter first, then the slots. */
  update(
    step: number,
    parameter: Tensor,
    gradient: Tensor,
    ...slots: Tensor[]
  ): readonly [Tensor, ...Tensor[]];
};

type Settings = RunConfig['learner'];

const BETA1 = 0.9;
const BETA2 = 0.999;
const ALPHA = 0.99;
const EPSILON = 1e-8;

/** The rules of torch.optim with its defaults, and with its names for the state. */
export const RULES: Readonly<Record<Settings['opt'], (tf: Tf, settings: Settings) => Rule>> = {
  sgd: (tf, settings) => (settings.momentum === 0 ? sgd(tf, settings) : sgdWithMomentum(tf, settings)),
  adam: (tf, settings) => adam(tf, settings),
  adamw,
  rmsprop,
};

function sgd(tf: Tf, { step_size, weight_decay }: Settings): Rule {
  return {
    slots: [],
    update: (_, parameter, gradient) => [
      tf.sub(parameter, tf.mul(decayed(tf, gradient, parameter, weight_decay), step_size)),
    ],
  };
}

function sgdWithMomentum(tf: Tf, { step_size, weight_decay, momentum }: Settings): Rule {
  return {
    slots: ['momentum_buffer'],
    update: (_, parameter, gradient, before) => {
      // Starting at 0, the first buffer is the gradient itself, as in PyTorch without dampening.
      const buffer = tf.add(tf.mul(before, momentum), decayed(tf, gradient, parameter, weight_decay));
      return [tf.sub(parameter, tf.mul(buffer, step_size)), buffer];
    },
  };
}

function adam(tf: Tf, { step_size, weight_decay }: Settings): Rule {
  return {
    slots: ['exp_avg', 'exp_avg_sq'],
    update: (step, parameter, gradient, meanBefore, squareBefore) => {
      const slope = decayed(tf, gradient, parameter, weight_decay);
      const mean = average(tf, meanBefore, slope, BETA1);
      const square = average(tf, squareBefore, tf.square(slope), BETA2);
      // Both averages start at 0; without these corrections the first steps would be far too small.
      const rate = step_size / (1 - power(BETA1, step));
      const deviation = tf.mul(tf.sqrt(square), 1 / Math.sqrt(1 - power(BETA2, step)));
      const move = tf.mul(tf.div(mean, tf.add(deviation, EPSILON)), rate);
      return [tf.sub(parameter, move), mean, square];
    },
  };
}

/** Decoupled weight decay (Loshchilov and Hutter 2019): it shrinks the parameter and does not enter the averages. */
function adamw(tf: Tf, settings: Settings): Rule {
  const kept = 1 - settings.step_size * settings.weight_decay;
  const plain = adam(tf, { ...settings, weight_decay: 0 });
  if (kept === 1) return plain;
  return {
    slots: plain.slots,
    update: (step, parameter, ...rest) => plain.update(step, tf.mul(parameter, kept), ...rest),
  };
}

function rmsprop(tf: Tf, { step_size, weight_decay }: Settings): Rule {
  return {
    slots: ['square_avg'],
    update: (_, parameter, gradient, squareBefore) => {
      const slope = decayed(tf, gradient, parameter, weight_decay);
      const square = average(tf, squareBefore, tf.square(slope), ALPHA);
      const move = tf.mul(tf.div(slope, tf.add(tf.sqrt(square), EPSILON)), step_size);
      return [tf.sub(parameter, move), square];
    },
  };
}

/** Returns the gradient of the loss plus that of weight_decay / 2 times the parameter's square (L2). */
function decayed(tf: Tf, gradient: Tensor, parameter: Tensor, weightDecay: number): Tensor {
  return weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay));
}

function average(tf: Tf, before: Tensor, value: Tensor, kept: number): Tensor {
  return tf.add(tf.mul(before, kept), tf.mul(value, 1 - kept));
}

/** Uses only products: the last bits of Math.pow differ between Node versions, and a seeded run must not depend on them. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, left = exponent; left > 0; left = Math.floor(left / 2), square *= square) {
    if (left % 2 === 1) result *= square;
  }
  return result;
}

import {
  between,
  choice,
  costsOf,
  FLOOR,
  log2Of,
  log10Of,
  logFloat,
  logInt,
  plainFloat,
  plainInt,
  sigmoid,
  softplus,
  square,
  synthetic,
} from './curves.js';
import type { Family } from './table.js';

/** High learning rates are ahead early and end high; low ones are still falling at the end. */
const crossing = (epochs: number): Family =>
  synthetic(
    {
      name: 'crossing',
      text: 'four parameters; high learning rates look good early and end at a high loss, low ones are still falling at the end',
      epochs,
    },
    (rng) => {
      const best = between(rng, -3.2, -1.6);
      const decay = between(rng, -6, -3);
      const batch = between(rng, 5, 8);
      const damping = between(rng, 0.6, 1);
      return {
        specs: [
          logFloat('lr', 1e-5, 1),
          plainFloat('momentum', 0, 0.99),
          logInt('batch', 16, 512),
          logFloat('weight_decay', 1e-8, 0.1),
        ],
        train(p) {
          const rate =
            log10Of(p.lr) -
            damping * Math.log10(1 - (p.momentum as number)) -
            0.3 * (log2Of(p.batch) - 6) -
            best;
          const size = 0.008 * square(log2Of(p.batch) - batch);
          const regular = 0.02 * square(log10Of(p.weight_decay) - decay);
          const end = FLOOR + size + regular + 0.18 * softplus(3 * rate - 0.5) ** 1.3 - 0.043;
          const pace = 6 * 10 ** (0.55 * Math.max(-3, rate));
          return {
            loss: (share) => Math.min(1.1, end + Math.max(0, 1 - end) * Math.exp(-pace * share ** 0.8)),
            noise: () => 0.006 + 0.01 * Math.max(0, rate),
            divergesAfter: Number.POSITIVE_INFINITY,
          };
        },
      };
    },
  );

const ACTIVATIONS = ['relu', 'gelu', 'silu', 'tanh'];

/** Deep networks stay on a plateau for long, and end best. */
const late = (epochs: number): Family =>
  synthetic(
    {
      name: 'late bloomers',
      text: 'six parameters; deep networks stay on a plateau that warm-up shortens, and overtake the shallow ones late',
      epochs,
    },
    (rng) => {
      const best = between(rng, -3.6, -2.2);
      const depth = between(rng, 7, 13);
      const width = between(rng, 6, 9);
      const drop = between(rng, 0.1, 0.4);
      const cost = costsOf(rng, ACTIVATIONS);
      return {
        specs: [
          logFloat('lr', 1e-5, 0.1),
          plainInt('warmup', 0, 10),
          plainInt('depth', 1, 16),
          logInt('width', 16, 1024),
          plainFloat('dropout', 0, 0.7),
          choice('activation', ACTIVATIONS),
        ],
        train(p) {
          const [deep, warm] = [p.depth as number, p.warmup as number];
          // Deeper networks need a lower rate, and stand a higher one after warm-up.
          const rate = log10Of(p.lr) - best + 0.05 * (deep - depth) - 0.03 * (warm - 5);
          const size =
            0.16 * (1 - Math.exp(-square((deep - depth) / 6))) + 0.012 * square(log2Of(p.width) - width);
          const regular = 0.25 * square((p.dropout as number) - drop - 0.02 * (log2Of(p.width) - width));
          const end = FLOOR + size + regular + 0.08 * square(rate) + 0.06 * cost(p.activation);
          const plateau =
            0.04 +
            0.4 * sigmoid((deep - 9) / 2.5) * (1 - 0.05 * warm) +
            0.008 * warm +
            0.1 * Math.max(0, -rate) +
            0.06 * cost(p.activation);
          return {
            loss: (share) => {
              const learned = sigmoid(Math.log(share / plateau) / 0.28);
              return Math.min(1.05, 1 - 0.03 * share - Math.max(0, 0.97 - end) * learned);
            },
            noise: (share) => 0.008 * (1.2 - share),
            divergesAfter: Number.POSITIVE_INFINITY,
          };
        },
      };
    },
  );

const OPTIMIZERS = ['sgd', 'adam', 'lion'];
const AUGMENTATIONS = ['none', 'flip', 'crop', 'mix'];

/** Reports scatter, and configurations beyond a limit diverge at some epoch. */
const noisy = (epochs: number): Family =>
  synthetic(
    {
      name: 'noisy',
      text: 'eight parameters; losses scatter from epoch to epoch, and high rates diverge (NaN) at some epoch',
      epochs,
    },
    (rng) => {
      const best = between(rng, -3.5, -1.8);
      const moment = between(rng, -2, -1);
      const decay = between(rng, -5, -2.5);
      const smooth = between(rng, 0, 0.2);
      const layers = between(rng, 4, 10);
      const [kind, augment] = [costsOf(rng, OPTIMIZERS), costsOf(rng, AUGMENTATIONS)];
      const shift = costsOf(rng, OPTIMIZERS);
      return {
        specs: [
          choice('optimizer', OPTIMIZERS),
          logFloat('lr', 1e-5, 0.3),
          logFloat('one_minus_beta', 1e-3, 0.3),
          logFloat('weight_decay', 1e-7, 0.1),
          logInt('batch', 8, 256),
          plainFloat('smoothing', 0, 0.4),
          choice('augmentation', AUGMENTATIONS),
          plainInt('layers', 2, 12),
        ],
        train(p, draw) {
          const rate = log10Of(p.lr) - best - 0.8 * shift(p.optimizer) - 0.15 * (log2Of(p.batch) - 5);
          const end =
            FLOOR +
            0.1 * Math.min(6, square(rate)) +
            0.03 * square(log10Of(p.one_minus_beta) - moment) +
            0.01 * square(log10Of(p.weight_decay) - decay) +
            0.4 * square((p.smoothing as number) - smooth) +
            0.003 * square((p.layers as number) - layers) +
            0.06 * kind(p.optimizer) +
            0.05 * augment(p.augmentation);
          const pace =
            7 * 10 ** (0.4 * Math.max(-3, Math.min(1, rate))) * (1 - 0.3 * augment(p.augmentation));
          const limit = 0.9 + 0.5 * draw.float();
          return {
            loss: (share) => Math.min(1.1, end + Math.max(0, 1 - end) * Math.exp(-pace * share)),
            noise: (share) => (0.02 + 0.03 * (1 - share)) * (1 + 0.1 * (6 - log2Of(p.batch))),
            divergesAfter: rate > limit ? 0.9 * draw.float() : Number.POSITIVE_INFINITY,
          };
        },
      };
    },
  );

/** The rate falls at a milestone, and large networks then overfit. */
const milestones = (epochs: number): Family =>
  synthetic(
    {
      name: 'milestones',
      text: 'five parameters; the loss drops where the learning rate falls, which is itself chosen, and large networks overfit afterwards',
      epochs,
    },
    (rng) => {
      const best = between(rng, -2.8, -1.2);
      const milestone = between(rng, 45, 75);
      const factor = between(rng, -1.6, -0.6);
      const width = between(rng, 7, 10);
      const decay = between(rng, -4, -2);
      return {
        specs: [
          logFloat('lr', 1e-4, 1),
          plainInt('milestone', 20, 95, 5),
          logFloat('factor', 0.003, 1),
          logInt('width', 16, 4096),
          logFloat('weight_decay', 1e-7, 0.1),
        ],
        train(p) {
          const rate = log10Of(p.lr) - best;
          const drops = (p.milestone as number) / 100;
          const regular = log10Of(p.weight_decay) - decay;
          const before =
            0.28 +
            0.12 * Math.max(0, rate) +
            0.03 * square(Math.min(0, rate)) +
            0.02 * square(Math.max(0, regular));
          const small = 0.012 * square(Math.min(0, log2Of(p.width) - width));
          const gain =
            (before - FLOOR) *
            Math.exp(-square((log10Of(p.factor) - factor) / 0.8)) *
            Math.exp(-square(((p.milestone as number) - milestone) / 60));
          const overfit =
            0.05 * softplus(log2Of(p.width) - width - 1) * sigmoid(-regular - 1) +
            0.01 * square(Math.min(0, regular));
          const pace = 9 * 10 ** (0.35 * Math.max(-2, Math.min(1.2, rate)));
          return {
            loss: (share) => {
              const learned = (1 - before) * Math.exp(-pace * share);
              const after = Math.max(0, share - drops);
              const dropped = gain * (1 - Math.exp(-25 * after));
              return before + learned + small - dropped + overfit * share ** 1.5;
            },
            noise: (share) => 0.004 + (share < drops ? 0.014 : 0),
            divergesAfter: Number.POSITIVE_INFINITY,
          };
        },
      };
    },
  );

/** Learning curves of our own making, short and long. */
export const families: readonly Family[] = [5, 27].flatMap((epochs) => [
  crossing(epochs),
  late(epochs),
  noisy(epochs),
  milestones(epochs),
]);

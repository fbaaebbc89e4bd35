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

/** The learning rate restarts: losses rise after each restart and are low at its end. */
const restarts = (epochs: number): Family =>
  synthetic(
    {
      name: 'restarts',
      text: 'five parameters; the learning rate restarts once to four times, the loss rises after each restart, and only the last epoch of a cycle tells much',
      epochs,
    },
    (rng) => {
      const best = between(rng, -2.5, -1.2);
      const decay = between(rng, -5, -3);
      const batch = between(rng, 5, 8);
      const noise = between(rng, 0.1, 0.4);
      return {
        specs: [
          logFloat('lr', 1e-4, 1),
          plainInt('cycles', 1, 4),
          logFloat('weight_decay', 1e-7, 0.1),
          logInt('batch', 16, 512),
          plainFloat('label_noise', 0, 0.6),
        ],
        train(p) {
          const cycles = p.cycles as number;
          const rate = log10Of(p.lr) - best - 0.2 * (log2Of(p.batch) - batch);
          const end =
            FLOOR +
            0.012 * square(cycles - 2) +
            0.09 * Math.min(5, square(rate)) +
            0.02 * square(log10Of(p.weight_decay) - decay) +
            0.3 * square((p.label_noise as number) - noise);
          const pace = 5 * 10 ** (0.3 * Math.max(-2, Math.min(1, rate)));
          return {
            loss: (share) => {
              const phase = (share * cycles) % 1 || 1;
              const heat = 0.25 * 10 ** (0.4 * Math.min(1, rate)) * (0.5 + 0.5 * Math.cos(Math.PI * phase));
              return end + Math.max(0, 1 - end) * Math.exp(-pace * share) + heat * (1 - 0.4 * share);
            },
            noise: () => 0.01,
            divergesAfter: Number.POSITIVE_INFINITY,
          };
        },
      };
    },
  );

const HEADS = ['a', 'b', 'c', 'd', 'e'];
const YES_NO = ['yes', 'no'];

/** Error rates of a small test set: equal values are common, and poor configurations learn nothing at all. */
const rates = (epochs: number): Family =>
  synthetic(
    {
      name: 'error rates',
      text: 'seven parameters, of which three matter little; error rates of 250 images with many ties, a third of the configurations learns nothing',
      epochs,
    },
    (rng) => {
      const best = between(rng, -3.5, -2);
      const width = between(rng, 6, 9);
      const drop = between(rng, 0.1, 0.5);
      const [head, norm, bias] = [costsOf(rng, HEADS), costsOf(rng, YES_NO), costsOf(rng, YES_NO)];
      return {
        specs: [
          logFloat('lr', 1e-6, 0.3),
          logInt('width', 8, 2048),
          plainFloat('dropout', 0, 0.9),
          choice('head', HEADS),
          choice('norm', YES_NO),
          choice('bias', YES_NO),
          plainFloat('gain', 0.5, 2),
        ],
        train(p) {
          const rate = log10Of(p.lr) - best + 0.15 * (log2Of(p.width) - width) + 0.6 * norm(p.norm);
          const end =
            FLOOR +
            0.1 * softplus(2.5 * Math.abs(rate) - 2) +
            0.01 * square(log2Of(p.width) - width) +
            0.3 * square((p.dropout as number) - drop) +
            0.05 * head(p.head) +
            0.02 * norm(p.norm) +
            0.005 * bias(p.bias) +
            0.003 * square((p.gain as number) - 1) -
            0.015;
          const learns = rate < 1.3 && rate > -2.2;
          const onset = 0.1 + 0.25 * sigmoid(-1.5 * rate);
          const count = (error: number) => Math.round(250 * error) / 250;
          return {
            loss: (share) => {
              if (!learns) return 0.9;
              const power = (0.25 * onset) / (0.25 * onset + share ** 1.3);
              return count(Math.min(0.9, end + (0.9 - end) * power - 0.8 * power * end));
            },
            noise: () => 0,
            divergesAfter: Number.POSITIVE_INFINITY,
          };
        },
      };
    },
  );

/** Families on which no part of this project was tuned: they came after all of its constants were chosen. */
export const heldOut: readonly Family[] = [5, 27].flatMap((epochs) => [restarts(epochs), rates(epochs)]);
